import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { KnownColumn } from "./known-column.js";
import { matchColumns } from "./match-columns.js";

/** A column that is gone and one that is new, which may be the same. */
export interface RenameProposal {
  readonly from: KnownColumn;
  readonly to: Column;
  /** It stands where the old one stood. */
  readonly samePosition: boolean;
}

/**
 * Pairs of columns that may be one under two names: of the same type, where the source gives no identities that would
 * tell. Nothing follows from a proposal until somebody confirms it.
 */
export function proposeRenames(
  known: readonly KnownColumn[],
  seen: readonly Column[],
  renames: ReadonlyMap<string, string> = new Map(),
): RenameProposal[] {
  const match = matchColumns(known, seen, renames);
  const live = known.filter((column) => !column.gone);
  const gone = match.gone.filter((column) => !column.gone);
  const added = seen.filter((_, i) => match.known[i] === undefined);
  return gone.flatMap((from) =>
    added
      .filter((to) => sameType(from.type, to.type) && (from.id === undefined || to.id === undefined))
      .map((to) => ({ from, to, samePosition: standsAlike(live, from, seen, to) })),
  );
}

/** The same place from the beginning, or between the same neighbours. */
function standsAlike(known: readonly KnownColumn[], from: KnownColumn, seen: readonly Column[], to: Column): boolean {
  const [i, j] = [known.indexOf(from), seen.indexOf(to)];
  const besides = (step: number) => known[i + step]?.source === seen[j + step]?.name;
  return i === j || (besides(-1) && besides(1));
}

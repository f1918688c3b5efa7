import type { Removal } from "../destination.js";
import type { MemoryRow } from "./memory-store.js";
import { keyOf, type LoadFacts, type Settled } from "./memory-table.js";

/** A key that is gone from the source. */
export interface MemoryRemoval {
  readonly key: MemoryRow;
  readonly how: Removal;
}

/** What `Writer.remove` makes of a table's rows. */
export function removeRows(
  current: readonly MemoryRow[],
  removals: readonly MemoryRemoval[],
  load: LoadFacts,
): Omit<Settled, "standing"> {
  const gone = new Map(removals.map(({ key, how }) => [keyOf(key, load), how]));
  let written = 0;
  const rows = current.flatMap((row) => {
    const how = gone.get(keyOf(row, load));
    const isHistory = load.target.writeMode === "scd2";
    const isOver = isHistory ? row._sluice_valid_to !== null : row._sluice_deleted_at != null;
    if (how === undefined || isOver) return [row];
    written++;
    if (isHistory) return [{ ...row, _sluice_valid_to: load.now }];
    return how === "soft" ? [{ ...row, _sluice_deleted_at: load.now }] : [];
  });
  return { rows, written, deduplicated: removals.length - written };
}

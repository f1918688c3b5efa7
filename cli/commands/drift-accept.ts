import { nearest } from "../../core/schema/nearest.js";
import type { StreamPreview } from "../../core/sync/preview.js";
import { type Accepted, loadState, type StreamState, saveState } from "../../core/sync/stream-state.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { confirmed } from "../confirm.js";
import { stateOf, withStates } from "../connection-states.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { previewed } from "../previewed.js";
import { rememberChange } from "../remember-change.js";
import { UsageError } from "../usage-error.js";

export interface AcceptInput {
  readonly connection: string;
  readonly stream?: string;
  /** `old=new`, by the names at the source. */
  readonly rename: readonly string[];
  readonly yes: boolean;
}

/** What the source's state says nothing about any more. */
const startsOver = new Set(["drift.table_recreated", "drift.cursor_column"]);

/**
 * `sluice drift accept`: the next sync follows what has changed at the source, once, whatever the policies say; or, with
 * `rename`, takes two columns for one. It is kept in the stream's committed state.
 */
export async function acceptDrift(cli: Cli, { connection: name, stream, rename, yes }: AcceptInput): Promise<number> {
  const project = await openProject(cli);
  const [connection] = chooseConnections(project, { names: [name], streams: [] });
  const id = await withStates(cli, project, connection!, async (states) => stateOf(states, stream).stream);
  const [chosen] = chooseConnections(project, { names: [name], streams: [id] });
  const preview = (await previewed(cli, project, chosen!)).streams.find(({ plan }) => plan.id === id);
  return withStates(cli, project, connection!, async (found) => {
    const row = stateOf(found, id);
    const state = loadState(row.state);
    if (state === undefined) {
      throw new UsageError("usage.no_state", `'${id}' has no state yet`, { hint: "sync it first", stream: id });
    }
    const accepted = rename.length > 0 ? withRenames(state, rename, preview) : { ...noRenames(state), changes: true };
    const restarts = rename.length === 0 && startsOver.has(preview?.error?.code ?? "");
    const source = restarts ? undefined : state.source;
    const says = [
      ...sentences(accepted, preview, rename.length > 0),
      ...(restarts ? ["it reads all rows again"] : []),
    ].join("; ");
    if (!(await confirmed(cli, `${name}, ${id}: ${says}. Go on?`, yes))) return 5;
    const key = { schema: found.schema, connection: row.connection, stream: id };
    const after = saveState({ ...state, source, accepted });
    await found.destination.putState(key, after);
    await rememberChange(cli, project, { action: "accept", row, after });
    printDocument(cli, { connection: name, stream: id, accepted });
    print(cli, `${cli.paint.good("✓")} ${id}: ${says}`);
    return 0;
  });
}

function noRenames({ accepted }: StreamState): Accepted {
  return { changes: false, renames: {}, ...accepted };
}

function withRenames(state: StreamState, rename: readonly string[], preview: StreamPreview | undefined): Accepted {
  const { changes, renames } = noRenames(state);
  const pairs = rename.map((pair) => checked(pair.split("="), state, preview));
  return { changes, renames: { ...renames, ...Object.fromEntries(pairs) } };
}

/** @throws UsageError where the old column is not the table's, or the new one is not the source's or is loaded already */
function checked(
  [from = "", to = "", ...more]: readonly string[],
  { columns }: StreamState,
  preview: StreamPreview | undefined,
): [string, string] {
  if (from === "" || to === "" || more.length > 0) {
    throw new UsageError("usage.rename", "a rename is written old=new", { hint: "--rename total=total_usd" });
  }
  requireName(
    from,
    columns.map(({ source }) => source),
    "the table has no column",
  );
  const now = preview?.plan.stream.columns.map(({ name }) => name) ?? [];
  if (now.includes(from)) {
    throw new UsageError("usage.rename", `the source still has '${from}'`, { column: from });
  }
  requireName(to, now, "the source has no column");
  if (columns.some(({ source }) => source === to)) {
    throw new UsageError("usage.rename", `'${to}' is a column of the table already, beside '${from}'`, {
      column: to,
      hint: "a sync with --full-refresh loads every row into the new column",
    });
  }
  return [from, to];
}

function requireName(name: string, names: readonly string[], says: string): void {
  if (names.includes(name)) return;
  const near = nearest(name, names);
  throw new UsageError("usage.unknown_column", `${says} '${name}'`, {
    column: name,
    hint: near === undefined ? `it has ${names.join(", ")}` : `did you mean '${near}'?`,
  });
}

function sentences({ renames }: Accepted, preview: StreamPreview | undefined, onlyRenames: boolean): string[] {
  if (onlyRenames) return Object.entries(renames).map(([from, to]) => `'${from}' is now '${to}'`);
  const changes = preview?.drift.map(({ columnName, change }) => `${columnName ?? "the table"}: ${change}`) ?? [];
  return [`the next sync takes the source as it is${changes.length > 0 ? ` (${changes.join(", ")})` : ""}`];
}

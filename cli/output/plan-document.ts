import type { StreamPreview } from "../../core/sync/preview.js";
import { reportedDrift } from "../../core/sync/report.js";
import { rulesInForce } from "../../core/sync/rules-in-force.js";
import { loadState } from "../../core/sync/stream-state.js";
import { filterText } from "../../core/transform/filter-text.js";
import type { SchemaChange } from "../../sdk/destination.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { ShownError } from "./shown-error.js";
import { transformFacts } from "./transform-facts.js";

/** What a sync of one connection would do. */
export interface ConnectionPreview {
  readonly connection: string;
  readonly streams: readonly StreamPreview[];
  /** Streams that were loaded before and would stop before they begin, and why. */
  readonly lost: readonly { readonly stream: string; readonly error: ShownError }[];
  /** Why the connection would stop before its streams. */
  readonly error: ShownError | null;
}

/** A connection of `sluice plan --json`. */
export function planDocument({ connection, streams, lost, error }: ConnectionPreview) {
  return {
    connection,
    streams: [
      ...lost.map((one) => ({ ...one, ddl: [], drift: [] })),
      ...streams.map((preview) => ({
        stream: preview.plan.id,
        table: tableOf(preview),
        read_mode: preview.plan.read,
        write_mode: preview.target.writeMode,
        primary_key: preview.target.primaryKey,
        cursor: preview.plan.cursorField ?? null,
        from_state: fromState(preview),
        pushed_down: { columns: preview.plan.columns, filter: pushedFilter(preview) },
        filter: preview.plan.rows.transforms.filter ?? null,
        transforms: transformFacts(preview.plan.rows.transforms).map(([transform, text]) => ({ transform, text })),
        child_tables: preview.children.map((child) => ({ path: child.name, table: tableOf(preview, child) })),
        rules: rulesInForce(preview.plan),
        ddl: statementsOf(preview),
        reads_from_beginning: preview.rereads ?? null,
        ...preview.guarantee,
        drift: preview.drift.map(reportedDrift),
        views_broken: preview.views,
        renames: preview.renames,
        estimated_rows: preview.plan.stream.estimatedRows ?? null,
        error: preview.error,
      })),
    ],
    error,
  };
}

/** The source's saved state that the read goes on from; null: from the beginning. */
export function fromState({ state, rereads }: StreamPreview) {
  const saved = loadState(state?.state);
  if (saved === undefined || rereads !== undefined) return null;
  return {
    load_id: state?.loadId ?? null,
    committed_at: state?.committedAt?.toISOString() ?? null,
    state: saved.source ?? null,
  };
}

/** What the source filters by, as SQL. */
export function pushedFilter({ plan }: StreamPreview): string | null {
  return plan.pushed.length === 0 ? null : filterText(plan.pushed);
}

/** The table as people name it. */
export function tableOf({ plan, target }: StreamPreview, { table }: { readonly table: string } = target): string {
  return plan.schema === undefined ? table : `${plan.schema}.${table}`;
}

/** Whether a sync would change what the table is, or is to be. */
export function changesSchema(preview: StreamPreview): boolean {
  return preview.drift.length > 0 || statementsOf(preview).length > 0;
}

/** What happens to the table: the destination's own statements, or their like in the types of Sluice. */
export function statementsOf(preview: StreamPreview): readonly string[] {
  if (preview.statements !== undefined) return preview.statements;
  const table = tableOf(preview);
  if (!preview.creates) return preview.changes.map((change) => `alter table ${table} ${changeText(change)}`);
  const key = preview.target.primaryKey;
  const columns = preview.columns.map(
    ({ name, type, nullable }) => `${name} ${formatType(type)}${nullable ? "" : " not null"}`,
  );
  const parts = [...columns, ...(key.length > 0 ? [`primary key (${key.join(", ")})`] : [])];
  return [`${preview.state === undefined ? "create table" : "rebuild table"} ${table} (${parts.join(", ")})`];
}

function changeText(change: SchemaChange): string {
  switch (change.type) {
    case "add_column":
      return `add column ${change.column.name} ${formatType(change.column.type)}`;
    case "widen_column":
      return `alter column ${change.column} type ${formatType(change.to)}  (was ${formatType(change.from)})`;
    case "allow_null":
      return `alter column ${change.column} drop not null`;
    case "rename_column":
      return `rename column ${change.column} to ${change.to}`;
  }
}

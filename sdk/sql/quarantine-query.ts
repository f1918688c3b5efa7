import type { DriftRow } from "../drift-record.js";
import type { Json } from "../json.js";
import type { QuarantinePurge, QuarantineQuery, QuarantineRow } from "../quarantine.js";

/** What the dialects say differently about `_sluice_quarantine` and `_sluice_drift`. */
export interface OwnTableDialect {
  /** The texts of a JSON array, given as a parameter, as rows of a subquery. */
  texts(parameter: string): string;
  /** A moment's milliseconds since 1970 as an expression. */
  epochMs(column: string): string;
  /** A JSON column's text as an expression. */
  jsonText(column: string): string;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** The statement of `OpenDestination.quarantined` over a relation; `toQuarantineRow` reads its rows. */
export function selectQuarantined(from: string, query: QuarantineQuery, dialect: OwnTableDialect): Statement {
  const { connection, stream, ids, replayed, after, limit } = query;
  const { where, parameter, parameters } = conditions();
  if (connection !== undefined) where.push(`connection = ${parameter(connection)}`);
  if (stream !== undefined) where.push(`stream = ${parameter(stream)}`);
  if (ids !== undefined) where.push(`quarantine_id in (${dialect.texts(parameter(JSON.stringify(ids)))})`);
  if (replayed !== undefined) where.push(`replayed_load_id is ${replayed ? "not " : ""}null`);
  if (after !== undefined) where.push(`(load_id, ${number("quarantine_id")}) > (${place(after)})`);
  const sql = `select quarantine_id, load_id, connection, stream, rule, reason, ${dialect.jsonText('"row"')} as row_text,
      ${dialect.jsonText("source_position")} as position_text, ${dialect.epochMs("quarantined_at")} as at_ms, replayed_load_id
    from ${from}${whereOf(where)} order by load_id, ${number("quarantine_id")}, connection, stream limit ${limit}`;
  return { sql, parameters };
}

export function toQuarantineRow(values: readonly Json[]): QuarantineRow {
  const [quarantineId, loadId, connection, stream, rule, reason, row, position, at, replayed] = values;
  return {
    quarantineId: String(quarantineId),
    loadId: Number(loadId),
    connection: String(connection),
    stream: String(stream),
    rule: String(rule),
    reason: String(reason),
    row: String(row),
    sourcePosition: position == null ? undefined : (JSON.parse(String(position)) as Json),
    quarantinedAt: new Date(Math.floor(Number(at))),
    replayedLoadId: replayed == null ? undefined : Number(replayed),
  };
}

/** The condition on the rows that `OpenDestination.purgeQuarantine` removes. */
export function purgeCondition({ connection, stream, before, replayedOnly = false }: QuarantinePurge): Statement {
  const { where, parameter, parameters } = conditions();
  where.push(`connection = ${parameter(connection)}`);
  if (stream !== undefined) where.push(`stream = ${parameter(stream)}`);
  if (before !== undefined) where.push(`quarantined_at < cast(${parameter(before.toISOString())} as timestamptz)`);
  if (replayedOnly) where.push("replayed_load_id is not null");
  return { sql: where.join(" and "), parameters };
}

/** The statement of `OpenDestination.driftRecords`; `toDriftRow` reads its rows. */
export function selectDrift(from: string, limit: number, dialect: OwnTableDialect): string {
  return `select load_id, connection, stream, entity, column_name, change, decision, ${dialect.epochMs("decided_at")} as at_ms
    from ${from} order by coalesce(load_id, floor(${dialect.epochMs("decided_at")}) * 1000) desc,
      connection, stream, decided_at limit ${limit}`;
}

export function toDriftRow(values: readonly Json[]): DriftRow {
  const [loadId, connection, stream, entity, columnName, change, decision, at] = values;
  return {
    loadId: loadId == null ? undefined : Number(loadId),
    connection: String(connection),
    stream: String(stream),
    entity: entity as DriftRow["entity"],
    columnName: columnName == null ? undefined : String(columnName),
    change: String(change),
    decision: String(decision),
    decidedAt: new Date(Math.floor(Number(at))),
  };
}

function conditions() {
  const parameters: (string | number)[] = [];
  const parameter = (value: string | number) => `$${parameters.push(value)}`;
  return { where: [] as string[], parameter, parameters };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
}

function number(id: string): string {
  return `cast(split_part(${id}, '-', 2) as bigint)`;
}

/** An id as the two numbers that it consists of. */
function place(id: string): string {
  const [load, row] = id.split("-").map(Number);
  return `${load}, ${row}`;
}

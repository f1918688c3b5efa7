import { DataError, type Json, type ReadRequest, streamId } from "../../sdk/index.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";
import { type CursorState, cursorState, type Digests } from "./cursor-state.js";
import { greatestText } from "./greatest-text.js";
import { lowered } from "./lowered.js";
import { literal } from "./predicate.js";
import type { Relation } from "./relation.js";
import { columnSql, findColumn, type Selection, whereSql } from "./select.js";

/** What an incremental read gives, one part after the other, and the state after it. */
export interface News {
  readonly parts: readonly Selection[];
  readonly state: Json;
}

export interface NewsQuestion {
  readonly connection: Connection;
  readonly relation: Relation;
  /** What is wanted, as the connection reads it. */
  readonly own: Selection;
  /** The same, as the rows will be read. */
  readonly selection: Selection;
  readonly request: ReadRequest;
}

/** More rows than this at one cursor value make a state too large to be kept with every load. */
const mostDigests = 100_000;

/**
 * What is new by a cursor. Rows at the saved value itself may have come since, so they are looked at again: with rereads
 * "merged" they are given again, with "forbidden" only those that the state does not have, by digest. Rows without a
 * cursor have no place in the order and are looked at every time.
 */
export async function readNews({ connection, relation, own, selection, request }: NewsQuestion): Promise<News> {
  const cursor = findColumn(relation, request.cursorField ?? request.stream.cursorFields[0] ?? "");
  const value = columnSql(cursor);
  const names = selection.columns.map(({ name }) => name);
  const saved = cursorState(request.state, names);
  const digest = digestSql(saved.columns.map((name) => columnSql(findColumn(relation, name))));
  const greatest = (await greatestText(connection, own, value, cursor)) ?? saved.cursor;
  const stream = streamId(request.stream);
  const atGreatest = greatest === null ? "false" : `${value} = ${literal(greatest, cursor.type)}`;

  if (request.rereads === "merged") {
    const bound =
      saved.cursor === null ? undefined : lowered(literal(saved.cursor, cursor.type), cursor, request.lookback);
    const parts = [bound === undefined ? selection : narrowed(selection, `${value} >= ${bound} OR ${value} IS NULL`)];
    return { parts, state: stateOf({ ...saved, cursor: greatest }) };
  }
  const state = {
    cursor: greatest,
    columns: saved.columns,
    ties: await digestsOf(atGreatest),
    nulls: await digestsOf(`${value} IS NULL`),
  };
  if (request.state === undefined) return { parts: [selection], state: stateOf(state) };
  const [after, at] = boundaries(value, saved.cursor === null ? undefined : literal(saved.cursor, cursor.type));
  const known = { ...saved.ties, ...saved.nulls };
  return {
    parts: [narrowed(selection, after), unknownRows(narrowed(selection, at), digest, known)],
    state: stateOf(state),
  };

  async function digestsOf(condition: string): Promise<Digests> {
    const { rows } = await queryRows(
      connection,
      `SELECT ${digest}, count(*) FROM ${own.from} AS sluice_row ${whereSql([...own.conditions, condition])}
       GROUP BY ALL LIMIT ${mostDigests + 1}`,
      [],
    );
    if (rows.length <= mostDigests)
      return Object.fromEntries(rows.map(([text, count]) => [String(text), Number(count)]));
    const where = `more than ${mostDigests} rows of ${stream} have one value, or none, in cursor '${cursor.name}'`;
    throw new DataError("cursor.too_many_ties", where, {
      stream,
      column: cursor.name,
      hint: "choose a finer cursor, or write with merge, where rows may come again",
    });
  }
}

/** Rows after the saved cursor, and rows that may have been given already. */
function boundaries(value: string, bound: string | undefined): [after: string, at: string] {
  if (bound === undefined) return [`${value} IS NOT NULL`, `${value} IS NULL`];
  return [`${value} > ${bound}`, `${value} = ${bound} OR ${value} IS NULL`];
}

function narrowed(selection: Selection, condition: string): Selection {
  return { ...selection, conditions: [...selection.conditions, condition] };
}

/** Of rows with one digest, only as many as there are more than before. */
function unknownRows(selection: Selection, digest: string, known: Digests): Selection {
  const counts = Object.entries(known).map(([text, count]) => `(${quoteLiteral(text)}, ${count})`);
  if (counts.length === 0) return selection;
  const from = `(
    SELECT * FROM (
      SELECT *, sluice_digest: ${digest}, sluice_number: row_number() OVER (PARTITION BY sluice_digest)
      FROM ${selection.from} AS sluice_row ${whereSql(selection.conditions)})
    LEFT JOIN (VALUES ${counts.join(", ")}) AS known(sluice_known, sluice_count) ON sluice_digest = sluice_known
    WHERE sluice_number > coalesce(sluice_count, 0))`;
  return { ...selection, from, conditions: [] };
}

/** Half an MD5 of all values, in SQL: 64 bits, among rows that are equal in the cursor. */
function digestSql(values: readonly string[]): string {
  const fields = values.map((value, i) => `${quoteIdentifier(`c${i}`)} := ${value}`);
  return `left(md5(CAST(to_json(struct_pack(${fields.join(", ")})) AS VARCHAR)), 16)`;
}

function stateOf({ cursor, columns, ties, nulls }: CursorState): Json {
  return { cursor, columns: [...columns], ties: { ...ties }, nulls: { ...nulls } };
}

import type { QueryArrayResult } from "pg";
import type { QueryResult } from "../../sdk/destination.js";
import type { Json } from "../../sdk/json.js";
import { typeOid } from "../../sdk/sql/postgres/types.js";
import { destinationError } from "./destination-error.js";
import type { Session } from "./session.js";

/** Runs a query; of several statements, the last one's rows. Values are JSON and lose no digit. */
export async function runQuery({ client, server }: Session, sql: string): Promise<QueryResult> {
  try {
    const result = last(await client.query<(string | null)[]>({ text: sql, rowMode: "array" }));
    const fields = result?.fields ?? [];
    const rows = result?.rows ?? [];
    return {
      columns: fields.map(({ name }) => name),
      rows: rows.map((row) => row.map((text, i) => (text === null ? null : jsonOf(text, fields[i]!.dataTypeID)))),
    };
  } catch (error) {
    throw destinationError(error, server);
  }
}

type TextResult = QueryArrayResult<(string | null)[]>;

/** The driver gives an array for several statements, which its types leave out. */
function last(results: TextResult | TextResult[]): TextResult | undefined {
  return Array.isArray(results) ? results.at(-1) : results;
}

function jsonOf(text: string, oid: number): Json {
  switch (oid) {
    case typeOid.boolean:
      return text === "t";
    case typeOid.smallint:
    case typeOid.integer:
    case typeOid.oid:
      return Number(text);
    case typeOid.bigint:
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case typeOid.real:
    case typeOid.double:
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case typeOid.json:
    case typeOid.jsonb:
      return losesDigits(text) ? text : (JSON.parse(text) as Json);
    default:
      return text;
  }
}

/** Whether a document may hold a number that JavaScript's would change. */
function losesDigits(text: string): boolean {
  return /\d[\d.]{14}|\d[eE]/.test(text);
}

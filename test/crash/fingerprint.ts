import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";

/** What a table holds: every row as key and digest, and how many rows there are. */
export interface Fingerprint {
  readonly rows: number;
  readonly byKey: ReadonlyMap<string, string>;
}

/** The columns of the crash tests' table, as text that both databases write alike. */
const postgresRow = `select id::text as key, md5(concat_ws('|', id, coalesce(name, '∅'), amount,
  (extract(epoch from updated_at) * 1000000)::bigint, encode(blob, 'hex'))) as digest`;
const duckdbRow = `select id::varchar as key, md5(concat_ws('|', id, coalesce(name, '∅'), amount,
  epoch_us(updated_at), lower(hex(blob)))) as digest`;

export async function postgresFingerprint(url: string, table: string): Promise<Fingerprint> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ key: string; digest: string }>(`${postgresRow} from ${table}`);
    return { rows: rows.length, byKey: new Map(rows.map(({ key, digest }) => [key, digest])) };
  } finally {
    await client.end();
  }
}

export async function duckdbFingerprint(path: string, table: string): Promise<Fingerprint> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(`${duckdbRow} from ${table}`)).getRows() as [string, string][];
    return { rows: rows.length, byKey: new Map(rows) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

import pg from "pg";

/** Makes the table that the crash tests copy: every run of it is the same, every row differs. */
export async function createSourceTable(url: string, rows: number): Promise<void> {
  await execute(
    url,
    `drop table if exists crash_source;
     create table crash_source (
       id bigint primary key, name text, amount numeric(12,2) not null, updated_at timestamptz not null, blob bytea not null
     );
     create index on crash_source (updated_at);
     ${insertRows(1, rows)}`,
  );
}

/** Adds rows and changes a tenth of the old ones, as a source does between two syncs. */
export async function changeSourceTable(url: string, from: number, to: number): Promise<void> {
  await execute(
    url,
    `update crash_source set name = name || '!', amount = amount + 1, updated_at = now() where id % 10 = 0;
     ${insertRows(from, to)}`,
  );
}

/** Adds rows only: what an append-only source does. */
export async function extendSourceTable(url: string, from: number, to: number): Promise<void> {
  await execute(url, insertRows(from, to));
}

function insertRows(from: number, to: number): string {
  return `insert into crash_source
    select g, case when g % 7 = 0 then null else 'name ' || g || repeat('x', g % 50) end, g * 1.25,
           timestamptz '2026-01-01' + g * interval '1 second', decode(md5(g::text), 'hex')
    from generate_series(${from}, ${to}) g;`;
}

export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

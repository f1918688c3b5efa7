import { expect } from "vitest";
import { queryPostgres } from "../support/query.js";
import { type Target, type TargetKind, targets } from "../support/targets.js";

/** The table that the crash tests copy: every run of it is the same, every row differs. */
export const table = "crash_source";

export async function createSourceTable(url: string, rows: number): Promise<void> {
  await queryPostgres(
    url,
    `drop table if exists ${table};
     create table ${table} (
       id bigint primary key, name text, amount numeric(12,2) not null, updated_at timestamptz not null, blob bytea not null
     );
     create index on ${table} (updated_at);
     ${insertRows(1, rows)}`,
  );
}

/** Adds rows and changes a tenth of the old ones, as a source does between two syncs: they have newer stamps than all before. */
export async function changeSourceTable(url: string, from: number, to: number): Promise<void> {
  await queryPostgres(
    url,
    `update ${table} set name = name || '!', amount = amount + 1, updated_at = timestamptz '2026-01-01' + (${from} + id / 1e6) * interval '1 second' where id % 10 = 0;
     ${insertRows(from, to)}`,
  );
}

/** Adds rows only: what an append-only source does. */
export async function extendSourceTable(url: string, from: number, to: number): Promise<void> {
  await queryPostgres(url, insertRows(from, to));
}

function insertRows(from: number, to: number): string {
  return `insert into ${table}
    select g, case when g % 7 = 0 then null else 'name ' || g || repeat('x', g % 50) end, g * 1.25,
           timestamptz '2026-01-01' + g * interval '1 second', decode(md5(g::text), 'hex')
    from generate_series(${from}, ${to}) g;`;
}

/** Each row's digest by its key, in words that make the same text in both databases. */
const digests: Readonly<Record<TargetKind, string>> = {
  postgres: `id::text, md5(concat_ws('|', id, coalesce(name, '∅'), amount,
    (extract(epoch from updated_at) * 1000000)::bigint, encode(blob, 'hex')))`,
  duckdb: `id, md5(concat_ws('|', id, coalesce(name, '∅'), amount, epoch_us(updated_at), lower(hex(blob))))`,
};

/** Source and target hold the same rows: none lost, none doubled, none changed. */
export async function expectSame(url: string, kind: TargetKind, target: Target): Promise<void> {
  const source = await queryPostgres(url, `select ${digests.postgres} from public.${table} order by id`);
  const loaded = await target.query(`select ${digests[kind]} from ${target.relation(table)} order by id`);
  expect(loaded.length).toBe(source.length);
  expect(new Map(loaded as [string, string][])).toEqual(new Map(source as [string, string][]));
}

/** A fresh target of a kind. */
export function newTarget(kind: TargetKind, url: string): Target {
  return targets[kind](url);
}

export async function countRows(target: Target): Promise<number> {
  const [[count] = []] = await target.query(`select count(*) from ${target.relation(table)}`);
  return Number(count);
}

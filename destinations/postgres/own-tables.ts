import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/postgres/identifiers.js";
import { driftTable } from "./drift.js";
import { loadsTable } from "./ledger.js";
import { quarantineTable } from "./quarantine.js";
import type { Session } from "./session.js";
import { stateTable } from "./state.js";

/**
 * Creates the schema and the tables that Sluice keeps in it, where they are missing.
 * @throws ConfigError `destination.no_grant`
 */
export async function ensureOwnTables(session: Session, schema: string): Promise<void> {
  const [found] = await session.rows<{ schema: string; tables: string }>(
    `select exists(select from pg_catalog.pg_namespace where nspname = $1) as schema,
            count(*) as tables
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname in ('_sluice_state', '_sluice_loads', '_sluice_quarantine', '_sluice_drift')`,
    [schema],
  );
  if (found?.tables === "4") return;
  // Two writers may come at once, and IF NOT EXISTS does not wait for the other: the lock does. The statements of one
  // message are one transaction.
  const lock = `select pg_advisory_xact_lock(hashtextextended(${quoteLiteral(`sluice tables ${schema}`)}, 0))`;
  const createSchema = found?.schema === "t" ? "" : `create schema if not exists ${quoteIdentifier(schema)};`;
  await session.run(`${lock}; ${createSchema}
    create table if not exists ${stateTable(schema)} (
      connection text not null, stream text not null, epoch bigint not null, seq bigint not null, load_id bigint,
      state json, schema_hash text, committed_at timestamp with time zone, primary key (connection, stream));
    create table if not exists ${loadsTable(schema)} (
      load_id bigint not null, run_id text not null, connection text not null, stream text not null,
      table_name text not null, started_at timestamp with time zone not null,
      committed_at timestamp with time zone not null, state_before json, state_after json, read bigint not null,
      written bigint not null, filtered bigint not null, deduplicated bigint not null, quarantined bigint not null,
      bytes bigint not null, primary key (load_id, connection, stream));
    create table if not exists ${quarantineTable(schema)} (
      quarantine_id text not null, load_id bigint not null, connection text not null, stream text not null,
      rule text not null, reason text not null, "row" json not null, source_position json,
      quarantined_at timestamp with time zone not null, replayed_load_id bigint,
      primary key (connection, stream, quarantine_id));
    create table if not exists ${driftTable(schema)} (
      load_id bigint, connection text not null, stream text not null, entity text not null,
      column_name text, change text not null, decision text not null, decided_at timestamp with time zone not null)`);
}

import type { ConnectorContext } from "../../sdk/context.js";
import type { OpenDestination, StateKey, Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import { postgresDigest } from "../../sdk/sql/postgres/digest.js";
import { tableDigests } from "../../sdk/sql/table-digests.js";
import { checkRights } from "./check.js";
import type { PostgresConfig } from "./config.js";
import { findDigestTable } from "./digest-table.js";
import { readDrift, saveDrift } from "./drift.js";
import { evictFencedWriter } from "./evict.js";
import { readLoads } from "./ledger.js";
import { isLockTimeout } from "./lock.js";
import { dropShadows } from "./overwrite.js";
import { ensureOwnTables } from "./own-tables.js";
import { purgeQuarantined, readQuarantined } from "./quarantine.js";
import { runQuery } from "./query.js";
import { findTable } from "./relation.js";
import { openSession, type Session } from "./session.js";
import { raiseEpoch, readStates, writeState } from "./state.js";
import { statementsFor } from "./statements.js";
import { isOwnColumn } from "./tables.js";
import { viewsUpon } from "./views-upon.js";
import { postgresWriter } from "./writer.js";

/** Opens the destination: every writer and every question has a connection of its own. */
export async function openPostgres(config: PostgresConfig, context: ConnectorContext): Promise<OpenDestination> {
  async function withSession<Result>(use: (session: Session) => Promise<Result>): Promise<Result> {
    const session = await openSession(config, context);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }
  const keyOf = (key: StateKey) => ({ ...key, schema: key.schema ?? config.schema });

  return {
    check: () => withSession((session) => checkRights(session, config.schema)),
    async begin(target) {
      const session = await openSession(config, context);
      try {
        return await takeOver(session, target);
      } catch (error) {
        await session.close();
        throw error;
      }
    },
    states: (schema) => withSession((session) => readStates(session, schema ?? config.schema)),
    putState: (key, state) =>
      withSession(async (session) => {
        await ensureOwnTables(session, key.schema ?? config.schema);
        await writeState(session, keyOf(key), state);
      }),
    loads: (schema, limit) => withSession((session) => readLoads(session, schema ?? config.schema, limit)),
    quarantined: (query) => withSession((session) => readQuarantined(session, query.schema ?? config.schema, query)),
    purgeQuarantine: (purge) =>
      withSession((session) => purgeQuarantined(session, purge.schema ?? config.schema, purge)),
    recordDrift: (key, records) =>
      withSession(async (session) => {
        await ensureOwnTables(session, key.schema ?? config.schema);
        await saveDrift(session, keyOf(key), undefined, records);
      }),
    driftRecords: (schema, limit) => withSession((session) => readDrift(session, schema ?? config.schema, limit)),
    query: (sql) => withSession((session) => runQuery(session, sql)),
    statements: (target, change) =>
      withSession((session) => {
        const table = { schema: target.schema ?? config.schema, name: target.table };
        return statementsFor(session, table, target, change);
      }),
    dependents: (target, change) =>
      withSession((session) => {
        const table = { schema: target.schema ?? config.schema, name: target.table };
        return viewsUpon(session, table, target, change);
      }),
    digests: tableDigests({
      dialect: postgresDigest,
      find: ({ schema = config.schema, table }) =>
        withSession((session) => findDigestTable(session, { schema, name: table })),
      query: (sql) => withSession((session) => runQuery(session, sql)),
    }),
    async close() {},
  };

  async function takeOver(session: Session, target: Target) {
    const { connection, stream } = target;
    const key = keyOf({ schema: target.schema, connection, stream });
    await ensureOwnTables(session, key.schema);
    const fence = await raiseEpoch(session, key).catch(async (error: unknown) => {
      if (!isLockTimeout(error)) throw error;
      // An earlier writer stands still in its commit: it can only be ended.
      await evictFencedWriter(session, key);
      return await raiseEpoch(session, key);
    });
    await evictFencedWriter(session, key);
    await dropShadows(session, key.schema, target);
    const table = { schema: key.schema, name: target.table };
    const relation = await findTable(session, table);
    const childColumns = new Map<string, readonly Column[] | undefined>();
    for (const child of target.children ?? []) {
      const found = await findTable(session, { schema: key.schema, name: child.table });
      childColumns.set(
        child.name,
        found?.columns.filter((column) => !isOwnColumn(column)),
      );
    }
    const stage = 'pg_temp."_sluice_stage"';
    return postgresWriter({
      context: { session, target, table, stage, lockTimeoutSeconds: config.lock_timeout, log: context.log },
      ...{ fence, childColumns },
      columns: relation?.columns.filter((column) => !isOwnColumn(column)),
    });
  }
}

import type { ConnectorContext } from "../../sdk/context.js";
import type { OpenDestination, StateKey, Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import { duckDigest } from "../../sdk/sql/duckdb/digest.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { tableDigests } from "../../sdk/sql/table-digests.js";
import { recoverAside } from "./aside.js";
import { checkFile } from "./check.js";
import type { DuckdbConfig } from "./config.js";
import { dependentViews } from "./dependent-views.js";
import { readDrift, saveDrift } from "./drift.js";
import { raiseEpoch } from "./fence.js";
import { readLoads } from "./loads.js";
import { dropShadows } from "./overwrite.js";
import { createOwnTables, loadIdColumn } from "./own-tables.js";
import { purgeQuarantined, readQuarantined } from "./quarantine.js";
import { findTable } from "./relation.js";
import { openSession } from "./session.js";
import { statementsFor } from "./statements.js";
import { readStates, writeState } from "./states.js";
import { duckdbWriter } from "./writer.js";

/** Opens the file, in a thread of its own. Every writer has a connection, and so a transaction, to itself. */
export async function openDuckdb(config: DuckdbConfig, context: ConnectorContext): Promise<OpenDestination> {
  const session = await openSession(config, context);
  const defaultSchema = config.schema ?? "main";
  const keyOf = (key: StateKey) => ({ ...key, schema: key.schema ?? defaultSchema });

  async function takeOver(target: Target) {
    const { connection: name, stream } = target;
    const key = keyOf({ schema: target.schema, connection: name, stream });
    const table = { schema: key.schema, name: target.table };
    const facts = await session.transaction(async (connection) => {
      const fence = await raiseEpoch(connection, key);
      if (session.keepsApart) await recoverAside(connection);
      await dropShadows(connection, key.schema, target);
      const columns = await findTable(connection, table);
      const childColumns = new Map<string, readonly Column[] | undefined>();
      for (const child of target.children ?? []) {
        const found = await findTable(connection, { schema: key.schema, name: child.table });
        childColumns.set(
          child.name,
          found?.filter(({ name }) => name !== loadIdColumn),
        );
      }
      return { fence, columns: columns?.filter((column) => !column.name.startsWith("_sluice_")), childColumns };
    });
    return duckdbWriter({ session, connection: await session.engine.connect(), target, table, ...facts });
  }

  async function connected<Result>(use: (connection: EngineConnection) => Promise<Result>): Promise<Result> {
    const connection = await session.engine.connect();
    try {
      return await use(connection);
    } finally {
      await connection.close();
    }
  }

  const query = (sql: string) => connected((connection) => connection.query(sql));

  return {
    check: () => checkFile(session.engine, defaultSchema),
    begin: takeOver,
    states: (schema) => session.transaction((connection) => readStates(connection, schema ?? defaultSchema)),
    putState: (key, state) => session.transaction((connection) => writeState(connection, keyOf(key), state)),
    loads: (schema, limit) =>
      session.transaction((connection) => readLoads(connection, schema ?? defaultSchema, limit)),
    quarantined: (query) =>
      session.transaction((connection) => readQuarantined(connection, query.schema ?? defaultSchema, query)),
    purgeQuarantine: (purge) =>
      session.transaction((connection) => purgeQuarantined(connection, purge.schema ?? defaultSchema, purge)),
    recordDrift: (key, records) =>
      session.transaction(async (connection) => {
        await createOwnTables(connection, key.schema ?? defaultSchema);
        await saveDrift(connection, keyOf(key), undefined, records);
      }),
    driftRecords: (schema, limit) =>
      session.transaction((connection) => readDrift(connection, schema ?? defaultSchema, limit)),
    query,
    statements(target, change) {
      const table = { schema: target.schema ?? defaultSchema, name: target.table };
      return session.transaction((connection) => statementsFor(connection, table, target, change));
    },
    dependents: (target, change) =>
      connected(async (connection) => {
        await connection.run("BEGIN TRANSACTION");
        const table = { schema: target.schema ?? defaultSchema, name: target.table };
        try {
          return await dependentViews(connection, table, target, change);
        } finally {
          await connection.run("ROLLBACK");
        }
      }),
    digests: tableDigests({
      dialect: duckDigest,
      query,
      async find({ schema = defaultSchema, table: name }) {
        const table = { schema, name };
        const columns = await session.transaction((connection) => findTable(connection, table));
        return {
          from: quoteTable(table),
          columnNames: (columns ?? []).map((column) => column.name),
          value: (column) => quoteIdentifier(column.name),
        };
      },
    }),
    close: () => session.close(),
  };
}

import { z } from "zod";
import { type Destination, defineDestination, type OpenDestination } from "../destination.js";
import type { DriftRow } from "../drift-record.js";
import { jsonOf } from "./memory-json.js";
import { purgeIn, quarantinedIn } from "./memory-quarantine.js";
import { type MemoryStore, raiseEpoch, stateKey } from "./memory-store.js";
import { memoryWriter } from "./memory-writer.js";

/** A destination that keeps rows in memory, for tests: it keeps the whole contract of a destination. */
export function memoryDestination(store: MemoryStore): Destination {
  return defineDestination({
    name: "memory",
    title: "Rows in memory",
    config: z.strictObject({}),
    capabilities: {
      writeModes: ["append", "overwrite", "merge", "scd2"],
      maxIdentifierBytes: 255,
      caseInsensitive: false,
      defaultSchema: "main",
      removes: true,
      scans: false,
      childTables: true,
    },
    open: async () => openMemoryDestination(store),
  });
}

function openMemoryDestination(store: MemoryStore): OpenDestination {
  return {
    async check() {},
    async begin(target) {
      return memoryWriter(store, target, raiseEpoch(store, target));
    },
    async states(schema) {
      return [...store.states.values()].filter((row) => row.schema === schema);
    },
    async putState(key, state) {
      const row = raiseEpoch(store, key);
      store.states.set(stateKey(key), { ...row, state, seq: row.seq + 1, committedAt: new Date() });
    },
    async loads(schema, limit) {
      const loads = store.loads.filter((load) => load.schema === schema).toSorted((a, b) => b.loadId - a.loadId);
      return loads.slice(0, limit).map(({ schema: _, ...row }) => row);
    },
    quarantined: async (query) => quarantinedIn(store, query),
    purgeQuarantine: async (purge) => purgeIn(store, purge),
    async recordDrift({ schema, connection, stream }, records) {
      const facts = { schema, connection, stream, loadId: undefined, decidedAt: new Date() };
      store.drift.push(...records.map((record) => ({ ...record, ...facts })));
    },
    async driftRecords(schema, limit) {
      const moment = ({ loadId, decidedAt }: DriftRow) => loadId ?? decidedAt.getTime() * 1000;
      const rows = store.drift.filter((row) => row.schema === schema).toSorted((a, b) => moment(b) - moment(a));
      return rows.slice(0, limit).map(({ schema: _, ...row }) => row);
    },
    /** Takes the name of a table for SQL. */
    async query(table) {
      const rows = store.tables.get(table)?.rows ?? [];
      const columns = Object.keys(rows[0] ?? {});
      return { columns, rows: rows.map((row) => columns.map((column) => jsonOf(row[column] ?? null))) };
    },
    async close() {},
  };
}

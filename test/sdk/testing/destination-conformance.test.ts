import { afterAll, describe, test } from "vitest";
import {
  canonicalRows,
  destinationConformance,
  memoryDestination,
  memoryStore,
  repack,
} from "../../../sdk/testing/index.js";

const store = memoryStore();

destinationConformance(
  { describe, test, afterAll },
  {
    name: "memory",
    destination: memoryDestination(store),
    shared: true,
    readsWhileOpen: true,
    mayRefuse: [],
    foldsNegativeZero: false,
    schema: "main",
    prepare: async () => ({ config: {} }),
    list: async () => [...store.tables.keys()],
    async readTable(_config, { schema, table, columns }) {
      const stored = store.tables.get(`${schema}.${table}`);
      if (stored === undefined) return undefined;
      const missing = columns.find(({ name }) => stored.rows[0] !== undefined && !(name in stored.rows[0]));
      if (missing !== undefined) throw new Error(`there is no column ${missing.name}`);
      return canonicalRows(repack(columns, stored.rows));
    },
  },
);

import { defineDestination } from "../../sdk/destination.js";
import { duckdbConfig } from "./config.js";

export default defineDestination({
  name: "duckdb",
  title: "DuckDB",
  config: duckdbConfig,
  capabilities: {
    writeModes: ["append", "overwrite", "merge", "scd2"],
    maxIdentifierBytes: 255,
    caseInsensitive: true,
    defaultSchema: "main",
    removes: true,
    scans: true,
    childTables: true,
  },
  open: async (config, context) => (await import("./open.js")).openDuckdb(config, context),
});

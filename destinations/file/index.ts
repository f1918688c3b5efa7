import { defineDestination } from "../../sdk/index.js";
import { config } from "./config.js";
import { openFiles } from "./open.js";

/**
 * Parquet, CSV or JSON lines on a disk: a folder for each table whose commit log says which files are the table, or one
 * plain file.
 */
export default defineDestination({
  name: "file",
  title: "Files (Parquet, CSV, JSON lines)",
  config,
  capabilities: {
    writeModes: ["append", "overwrite", "merge", "scd2"],
    maxIdentifierBytes: 255,
    caseInsensitive: true,
    defaultSchema: undefined,
    removes: false,
    scans: true,
    childTables: true,
  },
  open: openFiles,
});

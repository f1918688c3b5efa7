import { defineDestination } from "../../sdk/destination.js";
import { config } from "./config.js";

/** PostgreSQL, and what speaks its protocol with COPY in binary form. */
export default defineDestination({
  name: "postgres",
  title: "PostgreSQL",
  config,
  capabilities: {
    writeModes: ["append", "overwrite", "merge", "scd2"],
    maxIdentifierBytes: 63,
    caseInsensitive: false,
    defaultSchema: "public",
    removes: true,
    scans: false,
    childTables: true,
  },
  async open(settings, context) {
    const { openPostgres } = await import("./open.js");
    return openPostgres(settings, context);
  },
});

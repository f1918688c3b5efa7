import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import type { PartsOptions } from "./copy-statement.js";
import { openParts } from "./parts.js";
import type { Stage } from "./stage.js";

/** Rows go straight into the files that will be committed: write modes append and overwrite. */
export function appendStage(options: PartsOptions, overwrite: boolean): Stage {
  const parts = openParts(options);
  return {
    write: parts.write,
    scan: parts.scan,
    async finish(snapshot, columns) {
      let files = await parts.finish();
      // Without any file a reader of the folder could not even tell the columns.
      if (files.length === 0 && (overwrite || snapshot.files.length === 0)) {
        const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteIdentifier(name)}`);
        const none = nulls.length === 0 ? "NULL" : nulls.join(", ");
        await parts.select(`SELECT ${none} WHERE false`, columns);
        files = await parts.finish();
      }
      const written = files.reduce((sum, { rows }) => sum + rows, 0);
      return { add: files, remove: [], written, deduplicated: 0 };
    },
    async release() {},
    discard: parts.discard,
  };
}

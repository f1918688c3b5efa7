import type { CheckResult, Column, TableCheck, Target } from "../../sdk/index.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { auditTable } from "../../sdk/sql/table-audit.js";
import type { Duck } from "./duck.js";
import { tableFolder } from "./layout.js";
import type { DataFile } from "./log/entry.js";
import type { Snapshot } from "./log/snapshot.js";
import type { Session } from "./session.js";
import type { Outcome } from "./stage.js";
import { selectFiles, visibleColumns } from "./table-view.js";

/** A load whose files are written and not committed. */
export interface FlushedLoad {
  readonly duck: Duck;
  readonly target: Target;
  /** The table's folder. */
  readonly folder: string;
  /** The table as the commit will leave it. */
  readonly snapshot: Snapshot;
  readonly added: readonly DataFile[];
  readonly outcome: Outcome;
}

/** See `Writer.audit`. */
export async function auditLoad(
  { root, catalog }: Session,
  { duck, target, folder, snapshot, added, outcome }: FlushedLoad,
  checks: readonly TableCheck[],
): Promise<CheckResult[]> {
  const columns = visibleColumns(snapshot);
  const select = (files: readonly DataFile[], of: readonly Column[] = columns) =>
    `(${selectFiles(folder, snapshot, files, of)})`;
  return await auditTable(checks, {
    target,
    rows: { from: select(snapshot.files), columns },
    staged: { from: outcome.staged ?? select(added), columns },
    added: async () =>
      target.writeMode === "overwrite" ? snapshot.files.reduce((sum, file) => sum + file.rows, 0) : outcome.written,
    async find(schema, table) {
      const place = tableFolder(root, schema, table);
      const other = await catalog.read(place.root, schema, table);
      if (other.columns === undefined) return undefined;
      const known = visibleColumns(other);
      return { from: `(${selectFiles(place.root, other, other.files, known)})`, columns: known };
    },
    query: (sql) => duck.query(sql),
    quote: quoteIdentifier,
    comparable: (expression) => expression,
  });
}

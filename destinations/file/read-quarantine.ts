import { join } from "node:path";
import type { QuarantineQuery, QuarantineRow } from "../../sdk/index.js";
import { type OwnTableDialect, selectQuarantined, toQuarantineRow } from "../../sdk/sql/quarantine-query.js";
import type { FoundTable } from "./catalog.js";
import { schemaFolder } from "./layout.js";
import { readPaths } from "./quarantine-files.js";
import type { Session } from "./session.js";

const dialect: OwnTableDialect = {
  texts: (parameter) => `SELECT unnest(from_json(CAST(${parameter} AS JSON), '["VARCHAR"]'))`,
  epochMs: (column) => `epoch_ms(${column})`,
  jsonText: (column) => column,
};

/** See `OpenDestination.quarantined`. */
export async function readQuarantined(session: Session, query: QuarantineQuery): Promise<QuarantineRow[]> {
  const tables = await session.catalog.tables(schemaFolder(session.root, query.schema));
  const paths = quarantinePaths(tables, query);
  if (paths.length === 0) return [];
  const { sql, parameters } = selectQuarantined(readPaths(paths), query, dialect);
  const duck = await session.openDuck();
  try {
    return (await duck.query(sql, parameters)).rows.map(toQuarantineRow);
  } finally {
    await duck.close();
  }
}

/** The files that can hold rows which are asked for. */
export function quarantinePaths(
  tables: readonly FoundTable[],
  { connection, stream, ids, after }: Omit<QuarantineQuery, "limit" | "schema"> = {},
): string[] {
  const loads = ids && new Set(ids.map(loadOf));
  const first = after === undefined ? 0 : loadOf(after);
  return tables.flatMap(({ folder, snapshot }) =>
    snapshot.quarantine
      .filter(
        (file) =>
          (connection === undefined || file.connection === connection) &&
          (stream === undefined || file.stream === stream) &&
          (loads === undefined || loads.has(file.load_id)) &&
          file.load_id >= first,
      )
      .map(({ path }) => join(folder, path)),
  );
}

function loadOf(id: string): number {
  return Number(id.split("-")[0]);
}

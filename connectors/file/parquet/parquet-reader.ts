import { type Column, DataError, formatType, sameType } from "../../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../../sdk/sql/duckdb/identifiers.js";
import { scanError } from "../../../sdk/sql/duckdb/scan-errors.js";
import { castToLogical, duckType, logicalType } from "../../../sdk/sql/duckdb/types.js";
import { escapeGlob } from "../csv/csv-relation.js";
import { deliver } from "../deliver.js";
import { textRows } from "../engine.js";
import type { DataFile } from "../files/source-file.js";
import type { FileReader, ReaderContext } from "../reader.js";
import { widest } from "../stream-columns.js";

/** A column as a Parquet file declares it: https://parquet.apache.org/docs/file-format/types/logicaltypes/ as DuckDB reads them. */
interface DeclaredColumn {
  readonly name: string;
  readonly duckType: string;
}

/** Reads Parquet files with DuckDB's reader; their types are declared, so that nothing is inferred. */
export function parquetReader(reader: ReaderContext): FileReader {
  async function declared(file: DataFile): Promise<readonly DeclaredColumn[]> {
    try {
      const sql = `SELECT column_name, column_type FROM (DESCRIBE FROM ${parquetRelation(file)})`;
      const rows = await textRows(await reader.engine(), sql);
      return rows.map(([name, type]) => ({ name: name!, duckType: type! }));
    } catch (error) {
      throw scanError(error, { origin: file.name });
    }
  }

  return {
    async inspect(file) {
      const columns = await declared(file);
      return columns.map(({ name, duckType }) => ({ name, declared: logicalType(duckType), nullable: true }));
    },
    async *read(file, { columns, request }) {
      const found = new Map((await declared(file)).map((column) => [column.name, column]));
      refuseOtherColumns(file, found, columns);
      const value = (column: Column) => valueSql(found.get(column.name), column);
      yield* deliver({ reader, file, relation: parquetRelation(file), columns, value, request });
    },
  };
}

function parquetRelation(file: DataFile): string {
  return `read_parquet(${quoteLiteral(escapeGlob(file.path))}, hive_partitioning = false, union_by_name = false)`;
}

function valueSql(found: DeclaredColumn | undefined, { type }: Column): string {
  if (found === undefined) return `CAST(NULL AS ${duckType(type)})`;
  const value = castToLogical(quoteIdentifier(found.name), found.duckType);
  return sameType(logicalType(found.duckType), type) ? value : `CAST(${value} AS ${duckType(type)})`;
}

/** A file that changed, or came, after the columns were discovered. */
function refuseOtherColumns(
  file: DataFile,
  found: ReadonlyMap<string, DeclaredColumn>,
  columns: readonly Column[],
): void {
  const known = new Map(columns.map((column) => [column.name, column]));
  for (const { name, duckType } of found.values()) {
    const column = known.get(name);
    const type = logicalType(duckType);
    if (column !== undefined && sameType(widest(column.type, type), column.type)) continue;
    const expected = column === undefined ? "no other file showed it" : `the stream has ${formatType(column.type)}`;
    throw new DataError("type.mismatch", `${file.name}: column '${name}' is ${formatType(type)}, ${expected}`, {
      column: name,
    });
  }
}

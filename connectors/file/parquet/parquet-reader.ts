import { type Column, DataError, formatType, sameType, scalar } from "../../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../../sdk/sql/duckdb/identifiers.js";
import { mismatchSql, scanError } from "../../../sdk/sql/duckdb/scan-errors.js";
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

  /** The columns of nanoseconds with values that microseconds do not hold. */
  async function columnsBelowMicroseconds(
    file: DataFile,
    columns: readonly DeclaredColumn[],
    sampleRows: number | undefined,
  ): Promise<ReadonlySet<string>> {
    const suspects = columns.filter(isNanoseconds);
    if (suspects.length === 0) return new Set();
    const rows =
      sampleRows === undefined ? parquetRelation(file) : `(FROM ${parquetRelation(file)} LIMIT ${sampleRows})`;
    const facts = suspects.map(({ name }) => `CAST(bool_or(NOT ${isWholeMicros(quoteIdentifier(name))}) AS VARCHAR)`);
    const [found] = await textRows(await reader.engine(), `SELECT ${facts.join(", ")} FROM ${rows}`);
    return new Set(suspects.filter((_, i) => found?.[i] === "true").map(({ name }) => name));
  }

  return {
    async inspect(file, sampleRows) {
      const columns = await declared(file);
      const fine = await columnsBelowMicroseconds(file, columns, sampleRows);
      return columns.map((column) => {
        const type =
          isNanoseconds(column) && !fine.has(column.name) ? scalar("datetime") : logicalType(column.duckType);
        return { name: column.name, declared: type, nullable: true };
      });
    },
    async rowBytes(file) {
      const sql = `SELECT CAST(sum(total_uncompressed_size) / greatest(1, max(rows)) AS VARCHAR) FROM (
        SELECT total_uncompressed_size, sum(row_group_num_rows) FILTER (column_id = 0) OVER () AS rows
        FROM parquet_metadata(${quoteLiteral(escapeGlob(file.path))}))`;
      const [found] = await textRows(await reader.engine(), sql);
      return Number(found?.[0] ?? 0);
    },
    async *read(file, { columns, request }) {
      const found = new Map((await declared(file)).map((column) => [column.name, column]));
      refuseOtherColumns(file, found, columns);
      const value = (column: Column) => valueSql(found.get(column.name), column);
      yield* deliver({ reader, file, relation: parquetRelation(file), columns, value, request });
    },
  };
}

/** Many programs write nanoseconds though their times have none: those are read as microseconds, each value checked. */
function isNanoseconds({ duckType }: DeclaredColumn): boolean {
  return duckType === "TIMESTAMP_NS";
}

function isWholeMicros(value: string): string {
  return `(epoch_ns(${value}) % 1000 = 0)`;
}

function parquetRelation(file: DataFile): string {
  return `read_parquet(${quoteLiteral(escapeGlob(file.path))}, hive_partitioning = false, union_by_name = false)`;
}

function valueSql(found: DeclaredColumn | undefined, { name, type }: Column): string {
  if (found === undefined) return `CAST(NULL AS ${duckType(type)})`;
  if (isNanoseconds(found) && type.kind === "datetime") {
    const time = quoteIdentifier(found.name);
    const refused = mismatchSql({ column: name, type: formatType(type), text: `CAST(${time} AS VARCHAR)` });
    return `CASE WHEN ${isWholeMicros(time)} THEN CAST(${time} AS TIMESTAMP) ELSE CAST(${refused} AS TIMESTAMP) END`;
  }
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
    const type =
      isNanoseconds({ name, duckType }) && column?.type.kind === "datetime" ? column.type : logicalType(duckType);
    if (column !== undefined && sameType(widest(column.type, type), column.type)) continue;
    const expected = column === undefined ? "no other file showed it" : `the stream has ${formatType(column.type)}`;
    throw new DataError("type.mismatch", `${file.name}: column '${name}' is ${formatType(type)}, ${expected}`, {
      column: name,
    });
  }
}

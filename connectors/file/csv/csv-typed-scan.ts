import type { Column, Message, ReadRequest } from "../../../sdk/index.js";
import { duckType } from "../../../sdk/sql/duckdb/types.js";
import { deliver } from "../deliver.js";
import type { DataFile } from "../files/source-file.js";
import type { ReaderContext } from "../reader.js";
import { isOpen } from "../stream-columns.js";
import { castTextSql } from "../text/text-value-sql.js";
import type { CsvLayout } from "./csv-layout.js";
import { csvColumn, csvRelation } from "./csv-relation.js";
import type { CsvGuard } from "./guard/csv-guard.js";

interface CsvTypedScan {
  readonly reader: ReaderContext;
  readonly guard: CsvGuard;
  readonly file: DataFile;
  readonly layout: CsvLayout;
  readonly columns: readonly Column[];
  readonly request: ReadRequest;
}

/**
 * A CSV file as a scan by DuckDB's reader, which makes the values. It alone would take `007` for 7 and round `1.234`; so this
 * thread checks every value while the destination's load, which costs less than SQL over every text does, and only then
 * does the read go on to a checkpoint.
 */
export async function* csvTypedScan({
  reader,
  guard,
  file,
  layout,
  columns,
  request,
}: CsvTypedScan): AsyncGenerator<Message> {
  const checked = guard.check(file, request.signal);
  checked.catch(() => undefined);
  const named = new Map(columns.map((column) => [column.name, column]));
  const types = layout.names.map((name) => typeRead(named.get(name)));
  const value = (column: Column) => {
    const index = layout.names.indexOf(column.name);
    if (index < 0) return `CAST(NULL AS ${duckType(column.type)})`;
    const read = csvColumn(index);
    return types[index] === undefined && !isOpen(column) ? castTextSql(read, column.type, column.name) : read;
  };
  const relation = csvRelation(file, layout, reader.config.csv, { types });
  yield* deliver({ reader, file, relation, columns, value, request });
  await checked;
}

/** The type that DuckDB's reader makes of the texts; undefined where they are read as they are, and cast. */
function typeRead(column: Column | undefined): string | undefined {
  switch (column?.type.kind) {
    case "int64":
    case "decimal":
    case "float64":
    case "date":
      return duckType(column.type);
    default:
      return undefined;
  }
}

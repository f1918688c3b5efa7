import { type Column, formatType, type Message, type ReadRequest, SystemError } from "../../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../../sdk/sql/duckdb/types.js";
import { escapeGlob } from "../csv/csv-relation.js";
import { deliver } from "../deliver.js";
import type { DataFile } from "../files/source-file.js";
import type { ReaderContext } from "../reader.js";
import { castTextSql } from "../text/text-value-sql.js";
import type { JsonLinesGuard } from "./guard/json-lines-guard.js";

interface JsonLinesScan {
  readonly reader: ReaderContext;
  readonly guard: JsonLinesGuard;
  readonly file: DataFile;
  readonly columns: readonly Column[];
  readonly request: ReadRequest;
}

/**
 * JSON lines as a scan by DuckDB's reader. It alone would round 1.5 to an int64, take "7" for 7 and leave unknown keys
 * out; so this thread checks every value while the destination's loads, and only then does the read go on to a checkpoint.
 */
export async function* jsonLinesScan({
  reader,
  guard,
  file,
  columns,
  request,
}: JsonLinesScan): AsyncGenerator<Message> {
  const checked = guard.check(file, request.signal);
  checked.catch(() => undefined);
  const members = columns.map(({ name, type }) => `${quoteIdentifier(name)}: ${quoteLiteral(readAs(type))}`);
  const settings = "format = 'newline_delimited', compression = 'uncompressed', hive_partitioning = false";
  const relation = `read_json(${quoteLiteral(escapeGlob(file.path))}, ${settings}, columns = {${members.join(", ")}})`;
  yield* deliver({ reader, file, relation, columns, value: valueSql, request });
  await checked;
}

/** Times are read as text and cast, so that only the forms that were checked are taken. */
function readAs(type: Column["type"]): string {
  switch (type.kind) {
    case "date":
    case "datetime":
    case "timestamp":
      return "VARCHAR";
    case "string":
    case "boolean":
    case "int64":
    case "decimal":
    case "float64":
    case "json":
      return duckType(type);
    default:
      throw new SystemError("file.json_type", `JSON lines are never scanned as ${formatType(type)}`);
  }
}

function valueSql({ name, type }: Column): string {
  const value = quoteIdentifier(name);
  return readAs(type) === duckType(type) ? value : castTextSql(value, type, name);
}

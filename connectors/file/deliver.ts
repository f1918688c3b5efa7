import { type Column, type Message, type Predicate, type ReadRequest, SystemError } from "../../sdk/index.js";
import { closeConnection, connect } from "../../sdk/sql/duckdb/database.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { readBatches } from "../../sdk/sql/duckdb/read.js";
import { scanError } from "../../sdk/sql/duckdb/scan-errors.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import type { DataFile } from "./files/source-file.js";
import type { ReaderContext } from "./reader.js";

export interface Delivery {
  readonly reader: ReaderContext;
  readonly file: DataFile;
  /** The file in DuckDB's SQL. */
  readonly relation: string;
  /** The stream's columns. */
  readonly columns: readonly Column[];
  /** A column's exact value as an expression over the relation; an error where it has none. */
  readonly value: (column: Column) => string;
  readonly request: ReadRequest;
}

/** The rows wanted of one file: as a scan where the destination runs it itself, else as batches. */
export async function* deliver({ reader, file, relation, columns, value, request }: Delivery): AsyncGenerator<Message> {
  const named = new Map(columns.map((column) => [column.name, column]));
  const wanted = request.columns.map((name) => columnOf(named, name));
  const sql = selectSql({ relation, wanted, value, filter: request.filter ?? [], named });
  if (request.scans) {
    yield { type: "scan", scan: { sql, columns: wanted, origin: file.name, bytes: file.size } };
    return;
  }
  const { database } = await reader.engine();
  const connection = await connect(database);
  try {
    const { batch: limits, signal } = request;
    for await (const batch of readBatches(connection, sql, { columns: wanted, limits, signal })) {
      // Several threads read at once: a row's number is not known.
      yield { type: "batch", batch, origin: { file: file.name } };
    }
  } catch (error) {
    throw scanError(error, { origin: file.name });
  } finally {
    closeConnection(connection);
  }
}

interface Selection {
  readonly relation: string;
  readonly wanted: readonly Column[];
  readonly value: (column: Column) => string;
  readonly filter: readonly Predicate[];
  readonly named: ReadonlyMap<string, Column>;
}

/** Names that differ by case alone are one name to DuckDB: they stand in the outermost list only. */
function selectSql({ relation, wanted, value, filter, named }: Selection): string {
  const inner = new Map<string, string>();
  for (const column of wanted) inner.set(column.name, `v${inner.size}`);
  for (const { column } of filter) if (!inner.has(column)) inner.set(column, `v${inner.size}`);
  const values = [...inner].map(([name, alias]) => `${value(columnOf(named, name))} AS ${alias}`);
  const list = wanted.map(({ name }) => `${inner.get(name)} AS ${quoteIdentifier(name)}`);
  const conditions = filter.map((predicate) =>
    predicateSql(predicate, inner.get(predicate.column)!, duckType(columnOf(named, predicate.column).type)),
  );
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${list.join(", ")} FROM (SELECT ${values.join(", ")} FROM ${relation})${where}`;
}

function predicateSql({ operator, values }: Predicate, left: string, type: string): string {
  const [operand, compared] = type === "JSON" ? [`CAST(${left} AS VARCHAR)`, "VARCHAR"] : [left, type];
  const literals = values.map((value) => `CAST(${quoteLiteral(value)} AS ${compared})`);
  switch (operator) {
    case "is_null":
      return `${operand} IS NULL`;
    case "is_not_null":
      return `${operand} IS NOT NULL`;
    case "in":
      return literals.length === 0 ? "false" : `${operand} IN (${literals.join(", ")})`;
    default:
      return `${operand} ${operator} ${literals[0]}`;
  }
}

function columnOf(named: ReadonlyMap<string, Column>, name: string): Column {
  const column = named.get(name);
  if (column === undefined)
    throw new SystemError("file.column_unknown", `no column '${name}' was discovered`, { column: name });
  return column;
}

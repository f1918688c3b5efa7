import { createInference } from "../batch/infer.js";
import type { Row } from "../batch/pack.js";
import { DataError } from "../errors.js";
import type { JsonRecords } from "../json/json-records.js";
import { sameType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";
import type { DeclaredColumns } from "./declared-columns.js";

/** The columns of a stream while its rows go by: what is declared stands, everything else widens and grows. */
export interface RowColumns {
  /** Looks at every value of a row; returns whether `columns` may have changed. */
  see(row: Row): boolean;
  /** Looks at every value of records that stand in JSON text. */
  seeRecords(records: JsonRecords): boolean;
  /** Known columns in the order known, then new ones in the order seen. */
  columns(): readonly Column[];
}

/** @param known columns announced before; declared ones among them stand as declared */
export function rowColumns(
  { columns: declared, others }: DeclaredColumns,
  known: readonly Column[],
  stream: string,
): RowColumns {
  const fixed = new Map(declared.map((column) => [column.name, column]));
  const before = known.map((column) => fixed.get(column.name) ?? column);
  const start = [...before, ...declared.filter(({ name }) => !before.some((column) => column.name === name))];
  if (others === "leave_out") return { see: () => false, seeRecords: () => false, columns: () => start };
  if (others === "refuse") {
    return {
      see: (row) => refuseUnknown(Object.keys(row), fixed, stream),
      seeRecords: ({ keys }) => refuseUnknown(keys, fixed, stream),
      columns: () => start,
    };
  }
  const inference = createInference(
    start.filter(({ name }) => !fixed.has(name)),
    fixed.size === 0 ? undefined : new Set(fixed.keys()),
  );
  // Types count as told once they stand in a table.
  inference.columns();
  return {
    see: inference.see,
    seeRecords: inference.seeRecords,
    columns() {
      const found = new Map(inference.columns().map((column) => [column.name, column]));
      const names = new Set(start.map(({ name }) => name));
      return [
        ...start.map((column) => (fixed.has(column.name) ? column : keepingFacts(column, found.get(column.name)))),
        ...[...found.values()].filter(({ name }) => !names.has(name)),
      ];
    },
  };
}

/** Whether two lists of columns are the same in names, order and types. */
export function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return (
    a.length === b.length && a.every((column, i) => column.name === b[i]!.name && sameType(column.type, b[i]!.type))
  );
}

function keepingFacts(known: Column, found: Column | undefined): Column {
  return found === undefined || sameType(known.type, found.type) ? known : { ...found, nullable: true };
}

function refuseUnknown(keys: readonly string[], fixed: ReadonlyMap<string, Column>, stream: string): false {
  const key = keys.find((name) => !fixed.has(name));
  if (key === undefined) return false;
  throw new DataError("value.unknown_key", `stream '${stream}': a row has the key '${key}', which is no column`, {
    stream,
    column: key,
    hint: "declare the column, or make the declaration loose",
  });
}

import { type Column, type ColumnType, decimal, sameType, scalar } from "../../sdk/index.js";
import type { ColumnEvidence } from "./reader.js";
import { addEvidence, typeOfEvidence } from "./text/text-evidence.js";

/** Marks a column in which nothing but NULL was found: it is a string until a value says otherwise. */
export const openType = { system: "file", type: "null" } as const;

/** Whether a column showed nothing but NULL. */
export function isOpen(column: Column): boolean {
  return column.native?.system === openType.system && column.native.type === openType.type;
}

/**
 * The columns of several files as one table: by name, in the order they are first seen, each wide enough for every
 * file; a column that some file lacks may be null.
 */
export function streamColumns(files: readonly (readonly ColumnEvidence[])[]): readonly Column[] {
  const seen = new Map<string, { evidence: ColumnEvidence; files: number }>();
  for (const file of files) {
    for (const column of file) {
      const before = seen.get(column.name);
      if (before === undefined) seen.set(column.name, { evidence: column, files: 1 });
      else seen.set(column.name, { evidence: together(before.evidence, column), files: before.files + 1 });
    }
  }
  const hasText = files.some((file) => file.some((column) => "values" in column));
  return [...seen.values()].map(({ evidence, files: count }) => {
    const column = columnOf(evidence, count < files.length);
    return hasText ? { ...column, type: readFromText(column.type) } : column;
  });
}

/** The narrowest type that text is read as and that holds every value of this one: beside files of text, columns of others have it too. */
function readFromText(type: ColumnType): ColumnType {
  switch (type.kind) {
    case "int16":
    case "int32":
      return scalar("int64");
    case "float32":
      return scalar("float64");
    case "time":
    case "uuid":
      return scalar("string");
    case "list":
      return scalar("json");
    default:
      return type;
  }
}

function columnOf(evidence: ColumnEvidence, missing: boolean): Column {
  const { name } = evidence;
  const nullable = evidence.nullable || missing;
  if ("declared" in evidence) return { name, type: evidence.declared, nullable };
  const type = typeOfEvidence(evidence.values);
  return type === undefined ? { name, type: scalar("string"), nullable, native: openType } : { name, type, nullable };
}

function together(a: ColumnEvidence, b: ColumnEvidence): ColumnEvidence {
  const { name } = a;
  const nullable = a.nullable || b.nullable;
  if ("values" in a && "values" in b) return { name, values: addEvidence(a.values, b.values), nullable };
  const left = columnOf(a, false);
  const right = columnOf(b, false);
  if (isOpen(left)) return { name, declared: right.type, nullable };
  if (isOpen(right)) return { name, declared: left.type, nullable };
  return { name, declared: widest(left.type, right.type), nullable };
}

const integers = ["int16", "int32", "int64"];

/** The narrowest type that holds every value of both. */
export function widest(a: ColumnType, b: ColumnType): ColumnType {
  if (sameType(a, b)) return a;
  const kinds = [a.kind, b.kind];
  const both = (...allowed: string[]) => kinds.every((kind) => allowed.includes(kind));
  if (both(...integers)) return integers.indexOf(a.kind) > integers.indexOf(b.kind) ? a : b;
  if (both("float32", "float64")) return scalar("float64");
  if (both("date", "datetime")) return scalar("datetime");
  if (both("decimal", ...integers)) {
    const [left, right] = [digitsOf(a), digitsOf(b)];
    const scale = Math.max(left.scale, right.scale);
    const precision = Math.max(left.whole, right.whole) + scale;
    return precision <= 38 ? decimal(precision, scale) : scalar("string");
  }
  return scalar(both("json", "list") ? "json" : "string");
}

function digitsOf(type: ColumnType): { whole: number; scale: number } {
  if (type.kind === "decimal") return { whole: type.precision - type.scale, scale: type.scale };
  return { whole: { int16: 5, int32: 10 }[type.kind as string] ?? 19, scale: 0 };
}

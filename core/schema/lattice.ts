import { type ColumnType, decimal, list, maxDecimalPrecision, sameType, scalar } from "../../sdk/schema/column-type.js";

const integerDigits = { int16: 5, int32: 10, int64: 19 } as const;

/**
 * The narrowest type that holds every value of both exactly, along the widening lattice
 * `int16→int32→int64→decimal→string`, `int32→float64`, `float32→float64→string`, `date→datetime→string`,
 * `list<T>→json→string`, anything `→string`.
 */
export function commonType(a: ColumnType, b: ColumnType): ColumnType {
  if (sameType(a, b)) return a;
  return floatJoin(a, b) ?? exactJoin(a, b) ?? timeJoin(a, b) ?? nestedJoin(a, b) ?? scalar("string");
}

/** Whether every value of `from` stands in `to` unchanged: `to` lies above `from` in the lattice. */
export function widens(from: ColumnType, to: ColumnType): boolean {
  return sameType(commonType(from, to), to);
}

function floatJoin(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (!isFloat(a) && !isFloat(b)) return undefined;
  return fitsFloat64(a) && fitsFloat64(b) ? scalar("float64") : undefined;
}

function isFloat({ kind }: ColumnType): boolean {
  return kind === "float32" || kind === "float64";
}

function fitsFloat64(type: ColumnType): boolean {
  return isFloat(type) || type.kind === "int16" || type.kind === "int32";
}

function exactJoin(a: ColumnType, b: ColumnType): ColumnType | undefined {
  const left = digits(a);
  const right = digits(b);
  if (left === undefined || right === undefined) return undefined;
  if (a.kind !== "decimal" && b.kind !== "decimal") return left.whole > right.whole ? a : b;
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.whole, right.whole);
  return whole + scale <= maxDecimalPrecision ? decimal(whole + scale, scale) : undefined;
}

/** The decimal digits that a type's values may have before and after the point. */
function digits(type: ColumnType): { whole: number; scale: number } | undefined {
  if (type.kind === "decimal") return { whole: type.precision - type.scale, scale: type.scale };
  const whole = integerDigits[type.kind as keyof typeof integerDigits] as number | undefined;
  return whole === undefined ? undefined : { whole, scale: 0 };
}

function timeJoin(a: ColumnType, b: ColumnType): ColumnType | undefined {
  const kinds = [a.kind, b.kind];
  return kinds.includes("date") && kinds.includes("datetime") ? scalar("datetime") : undefined;
}

function nestedJoin(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a.kind === "list" && b.kind === "list") return list(commonType(a.item, b.item));
  const kinds = [a.kind, b.kind];
  return kinds.includes("list") && kinds.includes("json") ? scalar("json") : undefined;
}

import { ConfigError } from "../errors.js";

/**
 * A logical type: what a value means, independent of any system. Each has one Arrow type, one physical layout
 * (`batch/vector.ts`) and one mapping per destination.
 *
 * `timestamp` is an instant (UTC, µs); `datetime` is a wall clock without zone (µs); `time` is µs since midnight;
 * `json` is the document's exact text; `decimal` holds at most 38 digits, wider numbers travel as `string`.
 */
export type ColumnType =
  | { readonly kind: ScalarKind }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "list"; readonly item: ColumnType };

export const scalarKinds = [
  "boolean",
  "int16",
  "int32",
  "int64",
  "float32",
  "float64",
  "string",
  "binary",
  "date",
  "time",
  "timestamp",
  "datetime",
  "uuid",
  "json",
] as const;

export type ScalarKind = (typeof scalarKinds)[number];

/** The most digits a `decimal` holds: what fits 128 bits. */
export const maxDecimalPrecision = 38;

const scalars = new Map<string, ColumnType>(scalarKinds.map((kind) => [kind, Object.freeze({ kind })]));

/** The type of a scalar kind: `scalar("int64")`. */
export function scalar(kind: ScalarKind): ColumnType {
  return scalars.get(kind)!;
}

/**
 * `decimal(12, 2)`.
 * @throws ConfigError `type.decimal_range` unless 1 ≤ precision ≤ 38 and 0 ≤ scale ≤ precision.
 */
export function decimal(precision: number, scale: number): ColumnType {
  if (!(precision >= 1 && precision <= maxDecimalPrecision && scale >= 0 && scale <= precision)) {
    throw new ConfigError("type.decimal_range", `decimal(${precision},${scale}) is not a decimal type`, {
      hint: `precision is 1 to ${maxDecimalPrecision}, scale 0 to precision`,
    });
  }
  return { kind: "decimal", precision, scale };
}

/** `list<item>`. */
export function list(item: ColumnType): ColumnType {
  return { kind: "list", item };
}

/** The text of a type as people write it: `int64`, `decimal(12,2)`, `list<string>`. */
export function formatType(type: ColumnType): string {
  if (type.kind === "decimal") return `decimal(${type.precision},${type.scale})`;
  if (type.kind === "list") return `list<${formatType(type.item)}>`;
  return type.kind;
}

/**
 * The inverse of `formatType`; letter case and spaces do not matter.
 * @throws ConfigError `type.unknown` naming the text.
 */
export function parseType(text: string): ColumnType {
  const compact = text.replaceAll(/\s+/g, "").toLowerCase();
  const known = scalars.get(compact);
  if (known) return known;
  const number = /^decimal\((\d+)(?:,(\d+))?\)$/.exec(compact);
  if (number) return decimal(Number(number[1]), Number(number[2] ?? 0));
  const inner = /^list<(.+)>$/.exec(compact);
  if (inner) return list(parseType(inner[1]!));
  throw new ConfigError("type.unknown", `unknown type '${text}'`, {
    hint: `types are ${scalarKinds.join(", ")}, decimal(p,s) and list<type>`,
  });
}

/** Whether two types are the same type. */
export function sameType(a: ColumnType, b: ColumnType): boolean {
  return formatType(a) === formatType(b);
}

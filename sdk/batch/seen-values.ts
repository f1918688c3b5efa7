import { rawText } from "../raw-json.js";
import { type ColumnType, decimal, maxDecimalPrecision, scalar } from "../schema/column-type.js";
import { parseDecimal, sameDecimal, wholeDigits } from "./decimal-text.js";

type ValueKind = "boolean" | "number" | "string" | "binary" | "timestamp" | "json";

/** All that matters of the values of one column. */
export interface Seen {
  readonly kinds: Set<ValueKind>;
  /** Most digits before and after the point. */
  whole: number;
  scale: number;
  /** A number that is not whole. */
  fraction: boolean;
  /** A whole number beyond int64. */
  wide: boolean;
  /** A number that a float64 does not keep. */
  inexact: boolean;
  /** A number that only a float holds: NaN, an infinity, or a JavaScript number beyond 2^53, which may have lost digits. */
  floatOnly: boolean;
  /** The type last told. */
  told?: ColumnType;
}

export function nothingSeen(): Seen {
  return { kinds: new Set(), whole: 0, scale: 0, fraction: false, wide: false, inexact: false, floatOnly: false };
}

/** What must have been seen for a type to be told. */
export function seenAs(type: ColumnType): Seen {
  const nothing = nothingSeen();
  switch (type.kind) {
    case "boolean":
    case "string":
    case "binary":
    case "timestamp":
    case "json":
      return { ...nothing, kinds: new Set([type.kind]), told: type };
    case "int16":
    case "int32":
    case "int64":
      return { ...nothing, kinds: new Set(["number"]), told: scalar("int64") };
    case "float32":
    case "float64":
      return { ...nothing, kinds: new Set(["number"]), fraction: true, told: scalar("float64") };
    case "decimal": {
      const { precision, scale } = type;
      return {
        ...nothing,
        kinds: new Set(["number"]),
        whole: precision - scale,
        scale,
        wide: true,
        inexact: true,
        told: type,
      };
    }
    case "list":
      return { ...nothing, kinds: new Set(["json"]), told: scalar("json") };
    default:
      return { ...nothing, kinds: new Set(["string"]), told: scalar("string") };
  }
}

/** The common cases, cheaply: a value of the one kind there is, or a number whose digits cannot matter any more. */
export function saysNothingNew({ kinds, told }: Seen, value: unknown): boolean {
  if (told === undefined) return false;
  if (told.kind === "string" && kinds.size > 1) return true;
  switch (typeof value) {
    case "string":
      return kinds.has("string");
    case "boolean":
      return kinds.has("boolean");
    case "number":
      return told.kind === "int64" ? Number.isSafeInteger(value) : told.kind === "float64" && Number.isFinite(value);
    default:
      return false;
  }
}

/** Adds a value; returns whether the type may be another now. */
export function note(seen: Seen, value: unknown): boolean {
  const { whole, scale, fraction, wide, inexact, floatOnly } = seen;
  const before = seen.kinds.size;
  const kind = kindOf(value);
  seen.kinds.add(kind);
  if (kind === "number") noteNumber(seen, value);
  return (
    seen.kinds.size !== before ||
    seen.fraction !== fraction ||
    seen.wide !== wide ||
    seen.inexact !== inexact ||
    seen.floatOnly !== floatOnly ||
    (seen.told?.kind === "decimal" && (seen.whole !== whole || seen.scale !== scale))
  );
}

function kindOf(value: unknown): ValueKind {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
    case "bigint":
      return "number";
    case "string":
      return "string";
  }
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return "binary";
  if (value instanceof Date) return "timestamp";
  const raw = rawText(value);
  return raw !== undefined && parseDecimal(raw) !== undefined ? "number" : "json";
}

function noteNumber(seen: Seen, value: unknown): void {
  if (
    typeof value === "number" &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  ) {
    seen.floatOnly = true;
    return;
  }
  const text = rawText(value) ?? String(value);
  const parts = parseDecimal(text);
  if (parts === undefined) return;
  seen.whole = Math.max(seen.whole, wholeDigits(parts));
  seen.scale = Math.max(seen.scale, parts.scale);
  if (parts.scale > 0) seen.fraction = true;
  else if (parts.digits.length >= 19)
    seen.wide ||= !isInt64(BigInt(parts.negative ? `-${parts.digits}` : parts.digits));
  if (typeof value !== "number") seen.inexact ||= !sameDecimal(String(Number(text)), text);
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

export function typeOfSeen(seen: Seen): ColumnType {
  const [kind, ...others] = seen.kinds;
  if (kind === undefined || others.length > 0) return scalar("string");
  return kind === "number" ? numberType(seen) : scalar(kind);
}

function numberType({ whole, scale, fraction, wide, inexact, floatOnly, told }: Seen): ColumnType {
  if (!fraction && !wide && !floatOnly) return scalar("int64");
  const mayBeFloat = told === undefined || told.kind === "float64";
  if (mayBeFloat && !inexact && (fraction || floatOnly)) return scalar("float64");
  const digits = Math.max(whole, toldDigits(told), 1 - scale) + scale;
  const mayBeDecimal = told === undefined || told.kind === "int64" || told.kind === "decimal";
  return mayBeDecimal && !floatOnly && digits <= maxDecimalPrecision ? decimal(digits, scale) : scalar("string");
}

/** The digits before the point that were promised. */
function toldDigits(told: ColumnType | undefined): number {
  if (told?.kind === "int64") return 19;
  return told?.kind === "decimal" ? told.precision - told.scale : 0;
}

import { rawText } from "../../../sdk/raw-json.js";
import { type ColumnType, decimal, maxDecimalPrecision, scalar } from "../../../sdk/schema/column-type.js";

/**
 * The type that holds a value a declared type cannot hold; undefined where it can. Schemas of strangers are often wrong:
 * the column is then widened, and no value is ever changed to fit.
 */
export function widenedType(type: ColumnType, value: unknown): ColumnType | undefined {
  if (value === null || value === undefined || fits(type, value)) return undefined;
  const raw = rawText(value);
  if (raw !== undefined && !isNumber(raw)) return scalar("json");
  const isWhole = typeof value === "bigint" && String(value).replace("-", "").length <= maxDecimalPrecision;
  if (type.kind === "int64" && isWhole) return decimal(maxDecimalPrecision, 0);
  return scalar("string");
}

function fits(type: ColumnType, value: unknown): boolean {
  switch (type.kind) {
    case "json":
    case "string":
      return true;
    case "boolean":
      return typeof value === "boolean";
    case "int16":
    case "int32":
    case "int64":
      return isInteger(value, Number(type.kind.slice(3)));
    case "float32":
    case "float64":
      return isFloat(value);
    case "decimal":
      return isDecimal(value, type.precision, type.scale);
    case "timestamp":
      return typeof value === "string" && instant.test(value);
    case "datetime":
      return typeof value === "string" && wallClock.test(value);
    case "date":
      return typeof value === "string" && isDay(value);
    case "time":
      return typeof value === "string" && clock.test(value);
    case "uuid":
      return typeof value === "string" && uuid.test(value);
    default:
      return rawText(value) === undefined;
  }
}

const day = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?`;
/** Without a zone JSON Schema's date-time is taken as UTC. */
const instant = new RegExp(`^${day}[T ]${time}(?:Z|z|[+-]\\d\\d:?\\d\\d)?$`);
const wallClock = new RegExp(`^${day}[T ]${time}$`);
const clock = new RegExp(`^${time}$`);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const wholeDay = new RegExp(`^${day}$`);

function isDay(value: string): boolean {
  return wholeDay.test(value) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
}

function isInteger(value: unknown, bits: number): boolean {
  if (typeof value === "bigint") return BigInt.asIntN(bits, value) === value;
  return (
    typeof value === "number" &&
    Number.isSafeInteger(value) &&
    !Object.is(value, -0) &&
    Math.abs(value) < 2 ** (bits - 1)
  );
}

/** A number whose digits no float holds. */
function isNumber(raw: string): boolean {
  return /^-?\d/.test(raw);
}

function isFloat(value: unknown): boolean {
  if (typeof value === "bigint") return BigInt(Number(value)) === value;
  return typeof value === "number";
}

function isDecimal(value: unknown, precision: number, scale: number): boolean {
  if (typeof value === "bigint") return String(value).replace("-", "").length <= precision - scale;
  const text = typeof value === "number" ? String(value) : (rawText(value) ?? "");
  const [, whole = "", fraction = ""] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return whole !== "" && whole.length <= precision - scale && fraction.length <= scale;
}

import { parseJson } from "../parse-json.js";
import { rawText } from "../raw-json.js";
import { parseDecimal, sameDecimal, wholeDigits } from "./decimal-text.js";
import { jsonText } from "./json-text.js";
import { misfit, shown } from "./misfit.js";

/*
 * JavaScript values to what a column holds, exactly or not at all: each function throws a Misfit for a value that
 * would have to be changed. Numbers are taken as numbers, bigints, decimal text and `RawJson`.
 */

export function exactBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw misfit("wrong_type", `${shown(value)} is not true or false`);
}

/** @param bits of the two's complement, without the sign */
export function exactInteger(value: unknown, bits: bigint): bigint {
  const integer = integerOf(value);
  if (integer >= -(1n << bits) && integer < 1n << bits) return integer;
  throw misfit("out_of_range", `${integer} needs more than ${bits + 1n} bits`);
}

function integerOf(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return BigInt(value);
    if (Number.isInteger(value)) throw beyondSafe(value);
    throw misfit("not_exact", `${value} is not a whole number`);
  }
  const parts = parseDecimal(numberText(value));
  if (parts === undefined) throw misfit("wrong_type", `${shown(value)} is not a whole number`);
  if (parts.scale > 0) throw misfit("not_exact", `${shown(value)} is not a whole number`);
  return BigInt(parts.negative ? `-${parts.digits}` : parts.digits);
}

/** The unscaled integer. */
export function exactDecimal(value: unknown, precision: number, scale: number): bigint {
  const text =
    typeof value === "number" ? finiteText(value) : typeof value === "bigint" ? String(value) : numberText(value);
  const parts = parseDecimal(text);
  if (parts === undefined) throw misfit("wrong_type", `${shown(value)} is not a decimal number`);
  if (parts.scale > scale) throw misfit("not_exact", `${text} has more than ${scale} digits after the point`);
  if (wholeDigits(parts) > precision - scale) {
    throw misfit("out_of_range", `${text} has more than ${precision - scale} digits before the point`);
  }
  const unscaled = BigInt(parts.digits + "0".repeat(scale - parts.scale));
  return parts.negative ? -unscaled : unscaled;
}

export function exactFloat64(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    if (Number.isFinite(number) && BigInt(number) === value) return number;
    throw misfit("not_exact", `${value} is not exactly a float64`);
  }
  const text = numberText(value);
  const special = specialFloats.get(text);
  if (special !== undefined) return special;
  if (parseDecimal(text) === undefined) throw misfit("wrong_type", `${shown(value)} is not a number`);
  const number = Number(text);
  if (Number.isFinite(number) && sameDecimal(String(number), text)) return number;
  throw misfit("not_exact", `${text} has more digits than a float64 keeps`);
}

const specialFloats = new Map([
  ["NaN", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
]);

export function exactFloat32(value: unknown): number {
  const number = exactFloat64(value);
  const single = Math.fround(number);
  if (single === number || Number.isNaN(number)) return number;
  throw misfit("not_exact", `${number} is not exactly a float32`);
}

/** Any value as text: what every type widens to. Numbers in their shortest form, objects as JSON, bytes as `\x00ff`. */
export function exactText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isFinite(value))
    return Number.isNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (value instanceof Date) return isoText(value);
  return jsonText(value);
}

export function exactBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw misfit("wrong_type", `${shown(value)} is not a Uint8Array`);
}

export function exactUuid(value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length === 16) return value;
  const hex = typeof value === "string" ? value.replaceAll("-", "") : "";
  if (typeof value !== "string" || !/^[0-9a-f]{32}$/i.test(hex) || (value.length !== 32 && value.length !== 36)) {
    throw misfit("malformed", `${shown(value)} is not a UUID`);
  }
  return Buffer.from(hex, "hex");
}

export function exactList(value: unknown): readonly unknown[] {
  const raw = rawText(value);
  const list = raw === undefined ? value : parseJson(raw);
  if (Array.isArray(list)) return list;
  throw misfit("wrong_type", `${shown(value)} is not an array`);
}

function isoText(value: Date): string {
  if (Number.isNaN(value.getTime())) throw misfit("malformed", "an invalid Date");
  return value.toISOString();
}

function numberText(value: unknown): string {
  if (typeof value === "string") return value;
  const raw = rawText(value);
  if (raw !== undefined) return raw;
  throw misfit("wrong_type", `${shown(value)} is not a number`);
}

function finiteText(value: number): string {
  if (!Number.isFinite(value)) throw misfit("out_of_range", `${value} is not a decimal number`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw beyondSafe(value);
  return String(value);
}

function beyondSafe(value: number) {
  return misfit(
    "not_exact",
    `${value} is beyond 2^53, where a JavaScript number has lost digits: give a bigint or text`,
  );
}

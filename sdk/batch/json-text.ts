import { rawText } from "../raw-json.js";
import { misfit } from "./misfit.js";

/**
 * The JSON text of a value, exact: bigints and `RawJson` keep every digit, dates become ISO text.
 * @throws Misfit for what JSON has no form for: NaN, infinities, functions, bytes, cycles
 */
export function jsonText(value: unknown): string {
  const whole: TextSink = { text: "" };
  write(value, whole, 0);
  return whole.text;
}

/** The same text piece by piece, for a value whose text is better not held as a whole. */
export function jsonPieces(value: unknown, put: (piece: string) => void): void {
  const sink: TextSink = { text: "", put };
  write(value, sink, 0);
  put(sink.text);
}

/** Text on its way: with `put`, what has come together is given out now and then. */
interface TextSink {
  text: string;
  readonly put?: (piece: string) => void;
}

const pieceCharacters = 64 * 1024;
const maxDepth = 1000;

function write(value: unknown, sink: TextSink, depth: number): void {
  if (depth > maxDepth) throw misfit("malformed", `nested deeper than ${maxDepth}, or in a cycle`);
  switch (typeof value) {
    case "string":
      sink.text += JSON.stringify(value);
      return;
    case "boolean":
    case "bigint":
      sink.text += String(value);
      return;
    case "number":
      if (!Number.isFinite(value)) throw misfit("wrong_type", `${value} has no form in JSON`);
      sink.text += Object.is(value, -0) ? "-0" : String(value);
      return;
    case "object":
      if (value === null) sink.text += "null";
      else writeObject(value, sink, depth);
      return;
    default:
      throw misfit("wrong_type", `a ${typeof value} has no form in JSON`);
  }
}

function writeObject(value: object, sink: TextSink, depth: number): void {
  const raw = rawText(value);
  if (raw !== undefined) {
    sink.text += raw;
    return;
  }
  if (Array.isArray(value)) {
    let lead = "[";
    for (const item of value) {
      sink.text += lead;
      lead = ",";
      write(item ?? null, sink, depth + 1);
      giveOut(sink);
    }
    sink.text += lead === "[" ? "[]" : "]";
    return;
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw misfit("malformed", "an invalid Date");
    sink.text += JSON.stringify(value.toISOString());
    return;
  }
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) {
    throw misfit("wrong_type", `a ${value.constructor.name} has no form in JSON`);
  }
  let lead = "{";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    sink.text += `${lead}${JSON.stringify(key)}:`;
    lead = ",";
    write(member, sink, depth + 1);
    giveOut(sink);
  }
  sink.text += lead === "{" ? "{}" : "}";
}

function giveOut(sink: TextSink): void {
  if (sink.put === undefined || sink.text.length < pieceCharacters) return;
  sink.put(sink.text);
  sink.text = "";
}

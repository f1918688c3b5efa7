import { DataError } from "../../../sdk/errors.js";
import { fromJson } from "../jinja/json.js";
import { unescapeString } from "../jinja/language/unescape.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, requiredText, text, texts, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { type Answer, bodyJson } from "../requests/answer.js";
import { noteExactFloats } from "../value/exact-floats.js";
import { isDict } from "../value/is-dict.js";
import { csvRows } from "./csv.js";
import { inflated } from "./inflate.js";
import { jsonLines } from "./json-lines.js";
import { decodedText } from "./text.js";
import { xmlValue } from "./xml.js";
import { zipEntries } from "./zip.js";

/** Makes values of an answer's body. */
export interface Decoder {
  decode(answer: Answer): Iterable<PyValue>;
  /** Whether a paginator sees the decoded body too; else it sees an empty object. */
  readonly isPaged: boolean;
}

/** Makes values of bytes: what may stand within a compressed body. */
export type Parser = (bytes: Uint8Array) => Iterable<PyValue>;

export const jsonDecoder: Decoder = { isPaged: true, decode: decodeJson };

/** The decoder of a retriever; JSON where the manifest names none. */
export function createDecoder(component: Component | undefined, maxBytes: number): Decoder {
  if (component === undefined) return jsonDecoder;
  switch (typeOf(component)) {
    case "JsonDecoder":
      return jsonDecoder;
    case "XmlDecoder":
      return { isPaged: true, decode: decodeXml };
    case "IterableDecoder":
      return { isPaged: false, decode: ({ body }) => linesOf(body).map((line) => pyDict([["record", line]])) };
    case "ZipfileDecoder":
      return { isPaged: false, decode: decodeZip(createParser(child(component, "decoder"), maxBytes), maxBytes) };
    default: {
      const parse = createParser(component, maxBytes);
      return { isPaged: false, decode: ({ body }) => parse(body) };
    }
  }
}

function createParser(component: Component | undefined, maxBytes: number): Parser {
  if (component === undefined) return parseJsonBody;
  switch (typeOf(component)) {
    case "JsonDecoder":
      return parseJsonBody;
    case "JsonlDecoder":
      return jsonLines;
    case "CsvDecoder": {
      const encoding = text(component, "encoding") ?? "utf-8";
      const delimiter = delimiterOf(component);
      const nulls = new Set(texts(component, "set_values_to_none") ?? []);
      return (bytes) => csvRows(decodedText(bytes, encoding), { delimiter, nulls });
    }
    case "GzipDecoder": {
      const inner = createParser(child(component, "decoder"), maxBytes);
      return (bytes) => inner(inflated(bytes, maxBytes));
    }
    case "JsonItemsDecoder": {
      const path = requiredText(component, "items_path").split(".");
      const encoding = text(component, "encoding") ?? "utf-8";
      return (bytes) => itemsAt(parsedText(decodedText(bytes, encoding)), path);
    }
    default:
      return refuseCustom(component, "a decoder");
  }
}

/** The elements of a list, or the one value; an empty object for a body that is no JSON, or says nothing. */
function* decodeJson(answer: Answer): Generator<PyValue, void> {
  const body = bodyJson(answer);
  if (body === undefined || body === null) yield pyDict();
  else if (!Array.isArray(body)) yield body;
  else if (body.length === 0) yield pyDict();
  else yield* body;
}

function* decodeXml(answer: Answer): Generator<PyValue, void> {
  yield xmlValue(new TextDecoder().decode(answer.body)) ?? pyDict();
}

function decodeZip(parse: Parser, maxBytes: number): Decoder["decode"] {
  return function* ({ body }) {
    for (const entry of zipEntries(body, maxBytes)) yield* parse(entry);
  };
}

/** What was packed must be JSON, unlike a plain body: an archive that is damaged is not an empty one. */
function* parseJsonBody(bytes: Uint8Array): Generator<PyValue, void> {
  const value = parsedText(decodedText(bytes, "utf-8"));
  if (value === null) throw new DataError("decode.json", "a packed answer is no more than null");
  if (Array.isArray(value)) yield* value;
  else yield value;
}

/** @throws DataError `decode.json` */
function parsedText(text: string): PyValue {
  try {
    const value = fromJson(text);
    noteExactFloats(value, text);
    return value;
  } catch (cause) {
    throw new DataError("decode.json", "an answer is no JSON", { cause });
  }
}

/** The items of the lists at a path as the ijson library has it: `item` stands for all items of a list on the way. */
function* itemsAt(value: PyValue | undefined, path: readonly string[]): Generator<PyValue, void> {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (Array.isArray(value)) yield* value;
  } else if (isDict(value)) yield* itemsAt(value.get(name), rest);
  else if (Array.isArray(value) && name === "item") for (const item of value) yield* itemsAt(item, rest);
}

function linesOf(body: Uint8Array): string[] {
  const lines = new TextDecoder().decode(body).split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** What stands between the fields of a CsvDecoder; it may be written with a backslash, as in Python. */
export function delimiterOf(component: Component): string {
  const delimiter = text(component, "delimiter") ?? ",";
  return delimiter.startsWith("\\") ? unescapeString(delimiter, 1) : delimiter;
}

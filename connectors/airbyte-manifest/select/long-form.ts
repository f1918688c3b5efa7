import { delimiterOf } from "../decode/decoder.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, parametersOf, text, texts, typeOf } from "../load/fields.js";
import type { LongForm } from "../requests/long-form.js";
import type { Runtime } from "../runtime.js";
import { isGlob } from "../value/glob.js";

/**
 * How the records of an answer can be taken out of it one after another. Of JSON that is by the keys that lead to them; of
 * a path with patterns, by the keys in front of them: what they find in a list they find in each part of it. Undefined where
 * the whole body must be there.
 *
 * @param decoder the decoder's component; JSON where absent
 */
export function longForm(
  extractor: Component,
  decoder: Component | undefined,
  runtime: Runtime,
): (() => LongForm | undefined) | undefined {
  if (typeOf(extractor) === "ResponseToFileExtractor") {
    return () => ({ format: "csv", delimiter: ",", unpacks: true });
  }
  if (typeOf(extractor) !== "DpathExtractor") return undefined;
  if (decoder === undefined || typeOf(decoder) === "JsonDecoder") return jsonForm(extractor, runtime);
  const form = listForm(decoder, false);
  return form === undefined ? undefined : () => form;
}

function listForm(decoder: Component, unpacks: boolean): LongForm | undefined {
  switch (typeOf(decoder)) {
    case "JsonlDecoder":
    case "IterableDecoder":
      return { format: "lines", unpacks };
    case "CsvDecoder":
      return hasAscii(decoder) ? { format: "csv", delimiter: delimiterOf(decoder), unpacks } : undefined;
    case "GzipDecoder": {
      const inner = child(decoder, "decoder");
      return inner === undefined || unpacks ? undefined : listForm(inner, true);
    }
    default:
      return undefined;
  }
}

/** Whether ASCII's characters are one byte each in a file, and those bytes nothing else. */
function hasAscii(decoder: Component): boolean {
  const name = (text(decoder, "encoding") ?? "utf-8").toLowerCase().replaceAll(/[-_ ]/g, "");
  return /^(utf8(sig)?|u8|(us)?ascii|latin\d+|l1|iso8859\d+|(cp|windows)125\d)$/.test(name);
}

function jsonForm(extractor: Component, { templates }: Runtime): () => LongForm | undefined {
  const segments = texts(extractor, "field_path") ?? [];
  const parameters = parametersOf(extractor);
  return () => {
    const path = segments.map((segment) => templates.value(segment, parameters));
    const first = path.findIndex((segment) => !isPlainKey(segment));
    const keys = first < 0 ? path : path.slice(0, first);
    return isPattern(path[keys.length]) ? { format: "json", path: keys.filter(isPlainKey) } : undefined;
  };
}

/** Whether what follows the keys, if anything does, is a pattern that each part of a list can be searched by. */
function isPattern(segment: PyValue | undefined): boolean {
  return segment === undefined || segment === "*";
}

function isPlainKey(segment: PyValue): segment is string {
  return typeof segment === "string" && segment !== "" && !isGlob(segment);
}

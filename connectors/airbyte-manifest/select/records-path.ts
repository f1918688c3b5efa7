import type { PyValue } from "../jinja/values/value.js";
import { type Component, parametersOf, texts, typeOf } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { isGlob } from "../value/glob.js";

/**
 * The keys that lead to the records of an answer, where these can be taken out of it one after another: JSON. Of a path with
 * patterns, the keys in front of them: what they find in a list they find in each part of it. Undefined where the whole body
 * must be there.
 *
 * @param decoder the decoder's component; JSON where absent
 */
export function recordsPath(
  extractor: Component,
  decoder: Component | undefined,
  { templates }: Runtime,
): (() => readonly string[] | undefined) | undefined {
  const isJson = decoder === undefined || typeOf(decoder) === "JsonDecoder";
  if (!isJson || typeOf(extractor) !== "DpathExtractor") return undefined;
  const segments = texts(extractor, "field_path") ?? [];
  const parameters = parametersOf(extractor);
  return () => {
    const path = segments.map((segment) => templates.value(segment, parameters));
    const first = path.findIndex((segment) => !isPlainKey(segment));
    const keys = first < 0 ? path : path.slice(0, first);
    return isPattern(path[keys.length]) ? keys.filter(isPlainKey) : undefined;
  };
}

/** Whether what follows the keys, if anything does, is a pattern that each part of a list can be searched by. */
function isPattern(segment: PyValue | undefined): boolean {
  return segment === undefined || segment === "*";
}

function isPlainKey(segment: PyValue): segment is string {
  return typeof segment === "string" && segment !== "" && !isGlob(segment);
}

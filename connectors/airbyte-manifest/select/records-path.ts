import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, parametersOf, texts, typeOf } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { isGlob } from "../value/glob.js";

/**
 * The keys that lead to the records of an answer, where these can be taken out of it one after another: JSON, and a path
 * that is no pattern. Undefined where the whole body must be there.
 *
 * @param decoder the decoder's component; JSON where absent
 */
export function recordsPath(
  extractor: Component,
  decoder: Component | undefined,
  { templates }: Runtime,
): (() => readonly string[] | undefined) | undefined {
  const isJson = decoder === undefined || typeOf(decoder) === "JsonDecoder";
  if (!isJson || typeOf(extractor) !== "DpathExtractor" || child(extractor, "record_expander") !== undefined)
    return undefined;
  const segments = texts(extractor, "field_path") ?? [];
  const parameters = parametersOf(extractor);
  return () => {
    const path = segments.map((segment) => templates.value(segment, parameters));
    return path.every(isPlainKey) ? path : undefined;
  };
}

function isPlainKey(segment: PyValue): segment is string {
  return typeof segment === "string" && segment !== "" && !isGlob(segment);
}

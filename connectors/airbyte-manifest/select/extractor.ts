import { csvRows } from "../decode/csv.js";
import type { Decoder } from "../decode/decoder.js";
import { inflated } from "../decode/inflate.js";
import { pyDict } from "../jinja/values/dict.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, flag, parametersOf, text, texts, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Answer } from "../requests/answer.js";
import type { Runtime } from "../runtime.js";
import { copyOf } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";
import { type Path, valueAt, valuesAt } from "../value/paths.js";

/** Takes the records out of an answer. */
export type Extractor = (answer: Answer) => Generator<PyValue, void>;

/** @throws ConfigError `manifest.not_runnable` for one written in Python */
export function createExtractor(component: Component, decoder: Decoder, runtime: Runtime): Extractor {
  switch (typeOf(component)) {
    case "DpathExtractor":
      return pathExtractor(component, decoder, runtime);
    case "ResponseToFileExtractor":
      return csvExtractor(component);
    default:
      return refuseCustom(component, "a record extractor");
  }
}

function pathExtractor(component: Component, decoder: Decoder, { templates }: Runtime): Extractor {
  const parameters = parametersOf(component);
  const segments = texts(component, "field_path") ?? [];
  const expander = child(component, "record_expander");
  const path = (): Path => segments.map((segment) => templates.value(segment, parameters));
  return function* (answer) {
    for (const body of decoder.decode(answer)) {
      const at = path();
      const found = at.includes("*") ? valuesAt(body, at) : (valueAt(body, at) ?? []);
      const records = Array.isArray(found) ? found : isTruthy(found) ? [found] : [];
      if (expander === undefined) yield* records;
      else for (const record of records) yield* expanded(record, expander, templates);
    }
  };
}

/** A RecordExpander: the items of a list within a record become records themselves. */
function* expanded(record: PyValue, expander: Component, templates: Runtime["templates"]): Generator<PyValue, void> {
  const segments = texts(expander, "expand_records_from_field") ?? [];
  if (!isDict(record) || segments.length === 0) {
    yield record;
    return;
  }
  const keepsParent = flag(expander, "remain_original_record");
  const path = segments.map((segment) => templates.value(segment, parametersOf(expander)));
  let any = false;
  for (const items of valuesAt(record, path)) {
    if (!Array.isArray(items)) continue;
    for (const item of items) {
      any = true;
      if (!keepsParent) yield isDict(item) ? pyDict(item) : item;
      else if (isDict(item)) yield pyDict([...item, ["original_record", copyOf(record)]]);
      else
        yield pyDict([
          ["value", item],
          ["original_record", copyOf(record)],
        ]);
    }
  }
  if (!any && text(expander, "on_no_records") === "emit_parent") yield record;
}

/** A ResponseToFileExtractor: the body is a CSV file, perhaps compressed. */
function csvExtractor(component: Component): Extractor {
  const nulls = new Set(flag(component, "preserve_na_values") ? [""] : pandasNulls);
  return function* ({ body }) {
    const text = new TextDecoder().decode(inflated(body, maxFileBytes)).replaceAll("\0", "");
    yield* csvRows(text, { delimiter: ",", nulls });
  };
}

const maxFileBytes = 512 * 1024 * 1024;

/** What the pandas library takes for no value in a CSV file. */
const pandasNulls = [
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"],
  ...["NULL", "NaN", "None", "n/a", "nan", "null"],
];

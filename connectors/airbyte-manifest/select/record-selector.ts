import { DataError } from "../../../sdk/errors.js";
import type { Decoder } from "../decode/decoder.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { typeName } from "../jinja/values/type-name.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, field, parametersOf, requiredChild, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Answer } from "../requests/answer.js";
import type { Runtime } from "../runtime.js";
import { type Slice, sliceVariable } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import { createExtractor } from "./extractor.js";
import { normalize } from "./normalize.js";
import type { Transformation } from "./transform/record-change.js";

export interface SelectorOptions {
  readonly decoder: Decoder;
  readonly transformations: readonly Transformation[];
  /** With a cursor that filters on this side: whether a record is to be kept. Transformations come first then. */
  readonly keeps?: ((record: PyDict, slice: Slice) => boolean) | undefined;
  readonly transformsFirst?: boolean;
}

/** How many records came out of answers, before any filter. */
export interface Tally {
  extracted: number;
}

/** Makes records of answers: extracts, filters, transforms and casts them. */
export interface RecordSelector {
  /** The records of an answer. An empty schema casts nothing. What the answer holds before any filter is added to `tally`. */
  select(answer: Answer, slice: Slice, schema: PyDict, tally?: Tally): Generator<PyDict, void>;
  /** The same for values that were extracted elsewhere. */
  refine(values: Iterable<PyValue>, slice: Slice, schema: PyDict): Generator<PyDict, void>;
}

export function createRecordSelector(component: Component, runtime: Runtime, options: SelectorOptions): RecordSelector {
  const { templates } = runtime;
  const extract = createExtractor(requiredChild(component, "extractor"), options.decoder, runtime);
  const filter = child(component, "record_filter");
  if (filter !== undefined && typeOf(filter) !== "RecordFilter") refuseCustom(filter, "a record filter");
  const condition = filter === undefined ? undefined : (text(filter, "condition") ?? "");
  const stated = field(component, "transform_before_filtering");
  const transformsFirst =
    typeof stated === "boolean" ? stated : options.keeps !== undefined || options.transformsFirst === true;
  const normalization = field(component, "schema_normalization") ?? "None";
  if (isDict(normalization)) refuseCustom(normalization, "a schema normalization");
  const casts = normalization === "Default";

  function passes(record: PyValue, slice: Slice): boolean {
    if (options.keeps !== undefined && !options.keeps(asRecord(record), slice)) return false;
    if (filter === undefined || condition === undefined || (options.keeps !== undefined && condition === ""))
      return true;
    const context = { record, stream_state: pyDict(), stream_slice: sliceVariable(slice), next_page_token: null };
    return templates.truth(condition, parametersOf(filter), context);
  }

  function* refine(values: Iterable<PyValue>, slice: Slice, schema: PyDict): Generator<PyDict, void> {
    const transform = (record: PyDict) => {
      for (const transformation of options.transformations) transformation(record, slice);
    };
    for (const value of values) {
      if (transformsFirst) transform(asRecord(value));
      // What is no object may still be filtered out.
      if (!passes(value, slice)) continue;
      const record = asRecord(value);
      if (!transformsFirst) transform(record);
      if (casts) normalize(record, schema);
      yield record;
    }
  }

  return {
    refine,
    select: (answer, slice, schema, tally = { extracted: 0 }) => refine(tallied(extract(answer), tally), slice, schema),
  };
}

function* tallied(values: Iterable<PyValue>, tally: Tally): Generator<PyValue, void> {
  for (const value of values) {
    tally.extracted += 1;
    yield value;
  }
}

function asRecord(value: PyValue): PyDict {
  if (isDict(value)) return value;
  const shown = str(value).slice(0, 100);
  throw new DataError(
    "manifest.record",
    `a record must be an object, and the answer has a ${typeName(value)}: ${shown}`,
    {
      hint: "check the field_path of the manifest's extractor",
    },
  );
}

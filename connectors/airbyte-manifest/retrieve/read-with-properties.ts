import type { Sent } from "../errors/send-with-retry.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Answer, isOk } from "../requests/answer.js";
import type { Slice } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import type { PropertyChunks } from "./property-chunks.js";

/**
 * One page asked for in several requests, each for a part of the properties. Records that have a key are merged and come
 * after the last request; the others come as they are. Returns the last answer.
 */
export async function* readWithProperties(
  properties: PropertyChunks,
  slice: Slice,
  send: (slice: Slice) => Promise<Sent>,
  select: (answer: Answer) => Iterable<PyDict>,
): AsyncGenerator<PyDict, Sent> {
  const merged = new Map<string, PyDict>();
  let last: Sent = { answer: undefined };
  for (const chunk of await properties.chunks()) {
    const extraFields = pyDict([["query_properties", [...chunk]]]);
    last = await send({ partition: slice.partition, cursor: slice.cursor, extraFields });
    if (last === "reset_pagination") return last;
    if (!isOk(last.answer)) continue;
    for (const record of select(last.answer)) {
      const key = properties.mergeKey?.(record);
      if (key === undefined) yield record;
      else {
        const whole = merged.get(key) ?? pyDict();
        mergeDeep(whole, record);
        merged.set(key, whole);
      }
    }
  }
  yield* merged.values();
  return last;
}

function mergeDeep(target: PyDict, source: PyDict): void {
  for (const [key, value] of source) {
    const present = target.get(key);
    if (isDict(present) && isDict(value)) mergeDeep(present, value);
    else target.set(key, value);
  }
}

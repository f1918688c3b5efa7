import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";
import type { DeclarativeStream, StreamRecord } from "./stream.js";

/** What a read gives: records, and after each slice the state that covers them. */
export type ReadEvent =
  | { readonly type: "record"; readonly record: StreamRecord }
  | { readonly type: "state"; readonly state: PyDict };

/** So many slices are known before the first of them is read: all parents before any child, where there are not many. */
const usualSlicesAhead = 1_000;

/** Reads a stream: slice after slice, each closed once it is read whole. */
export async function* readStream(stream: DeclarativeStream): AsyncGenerator<ReadEvent, void> {
  const { cursor, slicesAhead = usualSlicesAhead } = stream;
  if (stream.forgetsState === true) yield { type: "state", state: pyDict() };
  const slices = cursor.slices()[Symbol.asyncIterator]();
  try {
    for (let isDone = false; !isDone; ) {
      const ahead: Slice[] = [];
      while (!isDone && ahead.length < slicesAhead) {
        const next = await slices.next();
        if (next.done === true) isDone = true;
        else ahead.push(next.value);
      }
      for (const slice of ahead) {
        for await (const record of stream.read(slice)) {
          cursor.observe(record.data, record.slice);
          yield { type: "record", record };
        }
        const state = cursor.close(slice);
        if (state !== undefined) yield { type: "state", state };
      }
    }
    yield { type: "state", state: cursor.finish() };
  } finally {
    await slices.return?.();
  }
}

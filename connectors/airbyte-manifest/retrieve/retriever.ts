import type { PyDict } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";

/** Reads the records of one slice. */
export interface Retriever {
  read(slice: Slice, schema: PyDict): AsyncGenerator<PyDict, void>;
}

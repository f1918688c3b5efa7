import type { PyDict } from "../../jinja/values/value.js";
import type { Slice } from "../../slices/slice.js";

/** Changes a record in place. */
export type Transformation = (record: PyDict, slice: Slice | undefined) => void;

/** Gives a record other members. */
export function replaceMembers(record: PyDict, members: PyDict): void {
  const entries = [...members];
  record.clear();
  for (const [key, value] of entries) record.set(key, value);
}

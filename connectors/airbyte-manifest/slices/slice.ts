import { streamSlice } from "../jinja/context.js";
import type { Context } from "../jinja/template.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";

/** A piece of a stream that is read by itself: what of a partition, from when to when. */
export interface Slice {
  readonly partition: PyDict;
  /** The boundaries of an incremental read, by field name. */
  readonly cursor: PyDict;
  /** Values for templates that do not belong to the slice's identity. */
  readonly extraFields: PyDict;
}

export const wholeStream: Slice = { partition: pyDict(), cursor: pyDict(), extraFields: pyDict() };

/** A value of the slice by name. */
export function sliceValue({ partition, cursor }: Slice, name: PyValue): PyValue | undefined {
  return cursor.get(name) ?? partition.get(name);
}

/** The variables that templates of requests see. */
export function sliceContext(slice: Slice | undefined, nextPageToken?: PyValue): Context {
  const token = nextPageToken === undefined ? null : pyDict([["next_page_token", nextPageToken]]);
  if (slice === undefined) return { stream_slice: null, next_page_token: token };
  const extra = [...slice.extraFields].map(([name, value]) => [str(name), value] as const);
  return { stream_slice: sliceVariable(slice), next_page_token: token, ...Object.fromEntries(extra) };
}

export function sliceVariable({ partition, cursor, extraFields }: Slice): PyValue {
  return streamSlice({ partition, cursorSlice: cursor, extraFields });
}

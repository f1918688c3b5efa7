import { pyDict } from "../jinja/values/dict.js";
import type { Slice } from "../slices/slice.js";
import type { Cursor } from "./cursor.js";

/** The cursor of a stream that is always read whole: its state says no more than that. */
export function wholeReadCursor(slices: () => AsyncIterable<Slice>): Cursor {
  const state = () => pyDict([["__ab_no_cursor_state_message", true]]);
  return {
    field: undefined,
    slices,
    observe: () => undefined,
    close: () => undefined,
    finish: state,
    state,
    includes: () => true,
    placeOf: () => undefined,
    rereadFrom: (place) => place,
    follow: () => undefined,
  };
}

import { pyDict } from "../jinja/values/dict.js";
import type { Cursor } from "./cursor.js";
import type { RangeCursor } from "./range-cursor.js";

const none = pyDict();

/** The cursor of a stream without partitions. */
export function unpartitioned(range: RangeCursor): Cursor {
  return {
    ...range,
    async *slices() {
      for (const cursor of range.ranges()) yield { partition: none, cursor, extraFields: none };
    },
  };
}

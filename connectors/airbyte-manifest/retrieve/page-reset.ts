import { SystemError } from "../../../sdk/errors.js";
import type { SliceFollower } from "../cursors/cursor.js";
import { equals } from "../jinja/values/compare.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, child, integer, text } from "../load/fields.js";
import type { Slice } from "../slices/slice.js";

/** Counts the records of a slice, and says where its pages begin anew. */
export interface PageReset {
  observe(record: PyDict, slice: Slice): void;
  /** Whether so many records came that the API gives no more in one go. */
  isFull(): boolean;
  /** The slice to go on with. @throws SystemError `manifest.pagination_reset` where nothing would change by it */
  restart(current: Slice, original: Slice): Slice;
}

/** A PaginationReset, for one slice. `follow` gives a follower where the cursor can cut the slice. */
export function createPageReset(component: Component | undefined, follow: () => SliceFollower | undefined): PageReset {
  const limits = component === undefined ? undefined : child(component, "limits");
  const limit = limits === undefined ? undefined : integer(limits, "number_of_records");
  const splits = component !== undefined && text(component, "action") === "SPLIT_USING_CURSOR";
  const follower = splits ? follow() : undefined;
  const allowed = follower === undefined ? 2 : 1;
  let records = 0;
  let same = 0;
  return {
    observe(record, slice) {
      records += 1;
      follower?.observe(record, slice);
    },
    isFull: () => limit !== undefined && records >= limit,
    restart(current, original) {
      const next = follower?.rest(original) ?? current;
      if (!equals(next.cursor, current.cursor)) same = 0;
      else if (++same >= allowed) {
        throw new SystemError(
          "manifest.pagination_reset",
          "the pages of a slice were begun anew, and it came to the same again",
        );
      }
      records = 0;
      return next;
    },
  };
}

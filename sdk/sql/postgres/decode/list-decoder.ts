import { type ColumnDecoder, type Memory, UnfitValue } from "./column-decoder.js";
import { newOffsets, reachingOffsets } from "./offsets.js";
import { createValidity } from "./validity.js";

/**
 * Decodes arrays of one dimension that count from 1 (array_send in src/backend/utils/adt/arrayfuncs.c): int32 dimensions,
 * flags, element oid, then per dimension its size and lower bound, then each element with its length.
 */
export function listDecoder(memory: Memory, item: ColumnDecoder): ColumnDecoder {
  const validity = createValidity();
  let offsets = new Int32Array(1);
  let items = new Int32Array(1024);
  let itemRows = 0;
  return {
    begin(rows) {
      validity.begin(rows);
      offsets = newOffsets(memory, rows);
      itemRows = 0;
      item.begin(rows);
    },
    decode(values, from, count, row) {
      const { view, positions } = values;
      offsets = reachingOffsets(memory, offsets, row + count);
      let found = 0;
      for (let index = 0; index < count; index++) {
        const at = positions[from + index]!;
        if (at < 0) {
          validity.markNull(row + index);
        } else {
          const size = arrayLength(view, at, index);
          while (found + size > items.length) {
            const grown = new Int32Array(items.length * 2);
            grown.set(items);
            items = grown;
          }
          let element = at + 20;
          for (let taken = 0; taken < size; taken++) {
            const length = view.getInt32(element);
            element += 4;
            items[found++] = length < 0 ? -1 : element;
            if (length > 0) element += length;
          }
        }
        offsets[row + index + 1] = itemRows + found;
      }
      try {
        item.decode({ ...values, positions: items }, 0, found, itemRows);
      } catch (error) {
        if (!(error instanceof UnfitValue)) throw error;
        const position = itemRows + error.index;
        let index = 0;
        while (offsets[row + index + 1]! <= position) index++;
        throw new UnfitValue(error.message, index, error.hint);
      }
      itemRows += found;
    },
    finish(rows) {
      const vector = {
        layout: "list",
        offsets,
        child: item.finish(itemRows),
        validity: validity.finish(rows),
      } as const;
      offsets = new Int32Array(1);
      return vector;
    },
  };
}

function arrayLength(view: DataView, at: number, index: number): number {
  const dimensions = view.getInt32(at);
  if (dimensions === 0) return 0;
  if (dimensions === 1 && view.getInt32(at + 16) === 1) return view.getInt32(at + 12);
  const what = dimensions === 1 ? `that counts from ${view.getInt32(at + 16)}` : `of ${dimensions} dimensions`;
  throw new UnfitValue(`an array ${what} is no list`, index, "set the source's option arrays: text");
}

import { type FieldEncoder, isNullAt, RefusedValue, type RowRange, writeNull } from "./copy-encode-field.js";

/** Dimensions, null flag, element type, then length and lower bound of the one dimension. */
const emptyHeader = 12;
const header = 20;

/**
 * list<item> as an array of one dimension (array_recv in src/backend/utils/adt/arrayfuncs.c). `itemOid` is the oid of
 * the element type that the column has.
 */
export function listField(item: FieldEncoder, itemOid: number): FieldEncoder {
  let offsets: Int32Array = new Int32Array(1);
  let validity: Uint8Array | undefined;
  let childValidity: Uint8Array | undefined;
  /** Bytes of each element's field, then its position while writing. */
  let elements: Int32Array = new Int32Array(0);
  return {
    measure(vector, { from, to }, sizes) {
      if (vector.layout !== "list") throw new TypeError(`a ${vector.layout} vector is no list`);
      ({ offsets, validity } = vector);
      childValidity = vector.child.validity;
      const children: RowRange = { from: offsets[from]!, to: offsets[to]! };
      elements = new Int32Array(children.to);
      try {
        item.measure(vector.child, children, elements);
      } catch (error) {
        throw error instanceof RefusedValue ? inRow(error, offsets) : error;
      }
      for (let row = from; row < to; row++) {
        if (isNullAt(validity, row)) {
          sizes[row]! += 4;
          continue;
        }
        let size = 4 + (offsets[row + 1]! > offsets[row]! ? header : emptyHeader);
        for (let i = offsets[row]!; i < offsets[row + 1]!; i++) size += elements[i]!;
        sizes[row]! += size;
      }
    },
    write({ from, to }, frame, positions) {
      const { view } = frame;
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        const start = offsets[row]!;
        const end = offsets[row + 1]!;
        let next = at + 4 + (end > start ? header : emptyHeader);
        view.setInt32(at + 4, end > start ? 1 : 0);
        view.setInt32(at + 8, hasNull(childValidity, start, end) ? 1 : 0);
        view.setInt32(at + 12, itemOid);
        if (end > start) {
          view.setInt32(at + 16, end - start);
          view.setInt32(at + 20, 1);
        }
        for (let i = start; i < end; i++) {
          const size = elements[i]!;
          elements[i] = next;
          next += size;
        }
        item.write({ from: start, to: end }, frame, elements);
        view.setInt32(at, next - at - 4);
        positions[row] = next;
      }
    },
  };
}

/** An element's error with the row of the list that it is in. */
function inRow(error: RefusedValue, offsets: Int32Array): RefusedValue {
  const row = offsets.findIndex((offset) => offset > error.row) - 1;
  return new RefusedValue(error.code, row, `element ${error.row - offsets[row]! + 1}: ${error.what}`, error.hint);
}

function hasNull(validity: Uint8Array | undefined, from: number, to: number): boolean {
  if (validity === undefined) return false;
  for (let i = from; i < to; i++) if (isNullAt(validity, i)) return true;
  return false;
}

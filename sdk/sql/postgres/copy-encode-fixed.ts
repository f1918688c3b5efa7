import {
  type FieldEncoder,
  isNullAt,
  measureFixed,
  noBytes,
  noWords,
  wordsOf,
  writeNull,
} from "./copy-encode-field.js";

/** boolean: one byte. */
export function booleanField(): FieldEncoder {
  let data = noBytes;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      if (vector.layout !== "bits") throw new TypeError(`a ${vector.layout} vector has no bits`);
      ({ data, validity } = vector);
      measureFixed(validity, range, 1, sizes);
    },
    write({ from, to }, { bytes, view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        view.setInt32(at, 1);
        bytes[at + 4] = (data[row >> 3]! >> (row & 7)) & 1;
        positions[row] = at + 5;
      }
    },
  };
}

/** int16: two bytes. */
export function int16Field(): FieldEncoder {
  let values = new Int16Array(0);
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      if (vector.layout !== "fixed") throw new TypeError(`a ${vector.layout} vector is no int16`);
      const { data } = vector;
      values = new Int16Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength >> 1);
      validity = vector.validity;
      measureFixed(validity, range, 2, sizes);
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        view.setInt32(at, 2);
        view.setInt16(at + 4, values[row]!);
        positions[row] = at + 6;
      }
    },
  };
}

/** int32 and float32: four bytes, bit for bit. */
export function fourByteField(): FieldEncoder {
  let values = noWords;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      values = wordsOf(vector);
      validity = vector.validity;
      measureFixed(validity, range, 4, sizes);
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        view.setInt32(at, 4);
        view.setInt32(at + 4, values[row]!);
        positions[row] = at + 8;
      }
    },
  };
}

/** int64 and float64: eight bytes, bit for bit. */
export function eightByteField(): FieldEncoder {
  let values = noWords;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      values = wordsOf(vector);
      validity = vector.validity;
      measureFixed(validity, range, 8, sizes);
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        view.setInt32(at, 8);
        view.setInt32(at + 4, values[2 * row + 1]!);
        view.setInt32(at + 8, values[2 * row]!);
        positions[row] = at + 12;
      }
    },
  };
}

/** uuid: sixteen bytes as they lie. */
export function uuidField(): FieldEncoder {
  let values = noWords;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      values = wordsOf(vector);
      validity = vector.validity;
      measureFixed(validity, range, 16, sizes);
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        view.setInt32(at, 16);
        for (let word = 0; word < 4; word++) view.setInt32(at + 4 + 4 * word, values[4 * row + word]!, true);
        positions[row] = at + 20;
      }
    },
  };
}

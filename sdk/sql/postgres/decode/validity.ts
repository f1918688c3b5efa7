/** The validity bitmap of a column that is being decoded: made when the first null comes. */
export interface Validity {
  begin(rows: number): void;
  markNull(row: number): void;
  /** The bitmap of rows [0, rows), undefined where no null came. */
  finish(rows: number): Uint8Array | undefined;
}

export function createValidity(): Validity {
  let bits: Uint8Array | undefined;
  let capacity = 0;

  const reach = (bitmap: Uint8Array, rows: number): Uint8Array => {
    const bytes = (rows + 7) >> 3;
    if (bytes <= bitmap.length) return bitmap;
    const grown = new Uint8Array(Math.max(bytes, bitmap.length * 2)).fill(0xff);
    grown.set(bitmap);
    return grown;
  };

  return {
    begin(rows) {
      bits = undefined;
      capacity = rows;
    },
    markNull(row) {
      bits = reach(bits ?? new Uint8Array((capacity + 7) >> 3).fill(0xff), row + 1);
      bits[row >> 3]! &= ~(1 << (row & 7));
    },
    finish(rows) {
      const finished = bits === undefined ? undefined : reach(bits, rows);
      bits = undefined;
      return finished;
    },
  };
}

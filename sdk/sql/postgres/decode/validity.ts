/** The validity bitmap of a column that is being decoded: made when the first null comes. */
export interface Validity {
  begin(rows: number): void;
  markNull(row: number): void;
  /** The bitmap, undefined where no null came. */
  finish(): Uint8Array | undefined;
}

export function createValidity(): Validity {
  let bits: Uint8Array | undefined;
  let capacity = 0;
  return {
    begin(rows) {
      bits = undefined;
      capacity = rows;
    },
    markNull(row) {
      if (bits === undefined) bits = new Uint8Array((capacity + 7) >> 3).fill(0xff);
      const at = row >> 3;
      if (at >= bits.length) {
        const grown = new Uint8Array(Math.max(bits.length * 2, at + 1)).fill(0xff);
        grown.set(bits);
        bits = grown;
      }
      bits[at]! &= ~(1 << (row & 7));
    },
    finish() {
      const finished = bits;
      bits = undefined;
      return finished;
    },
  };
}

/**
 * A run of whole CopyData messages, each one row, in `view` from `start` to `end`. Valid until the next one is asked for.
 * At least `copySlack` bytes may be read past `end`.
 */
export interface CopyBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

export const copySlack = 8;

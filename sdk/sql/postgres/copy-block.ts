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

/** Makes something of the rows of one COPY, block by block. */
export interface CopyReader<Output> {
  /** The rows read so far. */
  readonly rows: number;
  /** Reads the rows of a block; gives what became full. Run it to its end before the next block. */
  read(block: CopyBlock): Generator<Output, void>;
  /** What is under construction, if it has rows. */
  finish(): Output | undefined;
}

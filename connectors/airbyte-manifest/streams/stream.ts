import type { Cursor } from "../cursors/cursor.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";

/** A record and the slice it was read in. */
export interface StreamRecord {
  readonly data: PyDict;
  readonly slice: Slice;
}

/** One stream of a manifest, ready to be read. */
export interface DeclarativeStream {
  readonly name: string;
  /** Paths of the key's fields, each a list of names. */
  readonly primaryKey: readonly (readonly string[])[];
  /** The slices come from it, and the states. */
  readonly cursor: Cursor;
  /** The records of one slice, in the order the API gives them. The caller shows them to the cursor and closes the slice. */
  read(slice: Slice): AsyncGenerator<StreamRecord, void>;
  /** How many slices may be made before the first of them is read; undefined where it costs little to make one. */
  readonly slicesAhead?: number;
  /** The saved state is of no use and is to be forgotten before anything is read. */
  readonly forgetsState?: boolean;
  /** The JSON Schema; asked for once and kept. */
  schema(): Promise<PyDict>;
}

import type { PyDict, PyValue } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";

/** Cuts a stream into slices and remembers how far it was read. */
export interface Cursor {
  /** The record's field that says what is new; undefined where the stream is always read whole. */
  readonly field: string | undefined;
  /** The slices, each made when it is asked for. Called once. */
  slices(): AsyncIterable<Slice>;
  /** Looks at a record of a slice. */
  observe(record: PyDict, slice: Slice): void;
  /** A slice was read whole; returns the state to be saved now, if it is time for one. */
  close(slice: Slice): PyDict | undefined;
  /** The stream was read whole; returns its last state. */
  finish(): PyDict;
  state(): PyDict;
  /** Whether a record lies in what is to be read. */
  includes(record: PyDict, slice: Slice): boolean;
  /** Where a record stands on the cursor's scale: the later, the greater. Undefined where it does not say. */
  placeOf(record: PyDict): bigint | undefined;
  /** From where on the next read begins again, once records up to a place were read. */
  rereadFrom(place: bigint): bigint;
  /** A cursor that follows one slice's pages, so that it can be cut where they begin anew; undefined without boundaries. */
  follow(): SliceFollower | undefined;
}

/** Follows the records of one slice. */
export interface SliceFollower {
  observe(record: PyDict, slice: Slice): void;
  /** The slice, beginning where its records went on to. */
  rest(slice: Slice): Slice;
}

/** Values that a cursor can order: times or counts. */
export interface Scale<T> {
  /** @throws for what is no such value */
  parse(value: PyValue): T;
  write(value: T): PyValue;
  compare(a: T, b: T): number;
  /** The next value there may be. */
  after(value: T): T;
  /** A value's place among whole numbers. */
  place(value: T): bigint;
}

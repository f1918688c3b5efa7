/**
 * A Python value. What JSON has is a JavaScript value: None is null, bool is boolean, str is string, list is an array;
 * int is bigint and float is number, so that `1` and `1.0` stay apart and no digit is lost. The rest are records told
 * apart by `kind`. Lists and dicts are mutable and shared by reference, as in Python.
 */
export type PyValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | PyValue[]
  | PyDict
  | PySet
  | PyTuple
  | PyBytes
  | PyComplex
  | PyDate
  | PyDateTime
  | PyTime
  | PyTimeDelta
  | PyDuration
  | PyMarkup
  | PyIterator
  | PyView
  | PyCallable
  | PyObject
  | PyUndefined;

/** A Python dict: keeps insertion order; equal keys (1, 1.0, True) are one key, the first spelling stays. */
export interface PyDict extends Iterable<[PyValue, PyValue]> {
  readonly kind: "dict";
  readonly traits: MappingTraits | undefined;
  readonly size: number;
  has(key: PyValue): boolean;
  /** The value of a key, undefined where there is none. A key that cannot be hashed (a list, a dict) is a TypeError. */
  get(key: PyValue): PyValue | undefined;
  set(key: PyValue, value: PyValue): void;
  delete(key: PyValue): boolean;
  clear(): void;
  keys(): Iterable<PyValue>;
  values(): Iterable<PyValue>;
  entries(): Iterable<[PyValue, PyValue]>;
}

/** What a mapping that is not a plain dict adds: a record or a stream slice of a manifest's context. */
export interface MappingTraits {
  /** The class name, as in error messages. */
  readonly type: string;
  /** Values found as attributes, not as items: `stream_slice.extra_fields`. */
  readonly attributes?: Readonly<Record<string, PyValue>>;
  /** True where item names ignore case, as in HTTP headers. */
  readonly ignoresCase?: boolean;
  /** True where the value is true even without items: a stream slice with only extra fields. */
  readonly truthy?: boolean;
}

/** A Python set. Its order is that of insertion; Python's own depends on its hashes and is not to be relied upon. */
export interface PySet extends Iterable<PyValue> {
  readonly kind: "set";
  readonly frozen: boolean;
  readonly size: number;
  has(member: PyValue): boolean;
  add(member: PyValue): void;
  delete(member: PyValue): boolean;
  clear(): void;
}

export interface PyTuple {
  readonly kind: "tuple";
  readonly items: readonly PyValue[];
  /** Names of the items, of a tuple that has them as attributes too; with `type` it prints with its names. */
  readonly names?: readonly string[];
  readonly type?: string;
}

export interface PyBytes {
  readonly kind: "bytes";
  readonly data: Uint8Array;
}

/** Only literals make them: `1+2j`. */
export interface PyComplex {
  readonly kind: "complex";
  readonly real: number;
  readonly imaginary: number;
}

/** A calendar day: days since 1970-01-01. */
export interface PyDate {
  readonly kind: "date";
  readonly days: number;
}

/** A wall-clock time, in microseconds since 1970-01-01T00:00:00 of its own zone, and that zone if it has one. */
export interface PyDateTime {
  readonly kind: "datetime";
  readonly wall: bigint;
  readonly zone: PyZone | null;
}

/** A time of day without a zone: microseconds since midnight. */
export interface PyTime {
  readonly kind: "time";
  readonly microseconds: bigint;
}

/** A fixed offset east of UTC, in microseconds. `repr` and `name` are what Python prints for it. */
export interface PyZone {
  readonly offset: bigint;
  readonly name: string;
  readonly repr: string;
}

export interface PyTimeDelta {
  readonly kind: "timedelta";
  readonly microseconds: bigint;
}

/** A calendar duration, as of `P1M`: months and years have no fixed length. */
export interface PyDuration {
  readonly kind: "duration";
  readonly years: number;
  readonly months: number;
  readonly rest: bigint;
}

/** A string marked as safe HTML, as `tojson` returns: joined with other strings it escapes them. */
export interface PyMarkup {
  readonly kind: "markup";
  readonly text: string;
}

/** A generator, map or reversed iterator: can be walked once. */
export interface PyIterator {
  readonly kind: "iterator";
  readonly type: string;
  readonly walk: Iterator<PyValue>;
}

/** What `keys()`, `values()` and `items()` of a dict return: live views. */
export interface PyView {
  readonly kind: "view";
  readonly type: "dict_keys" | "dict_values" | "dict_items";
  readonly of: PyDict;
}

export type Keywords = ReadonlyMap<string, PyValue>;

/** A macro or a bound method: the only things a template can call. */
export interface PyCallable {
  readonly kind: "callable";
  readonly name: string;
  readonly repr: string;
  readonly call: (args: readonly PyValue[], keywords: Keywords) => PyValue;
}

/** An object known by its attributes only: `loop`, `namespace()`, `cycler()`. */
export interface PyObject {
  readonly kind: "object";
  readonly type: string;
  readonly attribute: (name: string) => PyValue | undefined;
  readonly assign?: (name: string, value: PyValue) => void;
  readonly call?: PyCallable["call"];
  readonly repr: () => string;
}

/** A name, key or attribute that is not there: prints as nothing, is false, and fails in any other use. */
export interface PyUndefined {
  readonly kind: "undefined";
  readonly reason: string;
  /** True for an attribute that the sandbox withholds. */
  readonly forbidden: boolean;
}

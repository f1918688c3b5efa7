import duckdb from "@duckdb/node-bindings";
import { type ByteSink, byteSink, reserve } from "./byte-sink.js";

/*
 * All that depends on how DuckDB lays out a string in memory (`string_t`, src/include/duckdb/common/types/string_type.hpp):
 * 16 bytes, the length as uint32, then for up to 12 bytes the text itself, zero padded; for a longer one its first 4 bytes
 * and a pointer to all of it. It is tried when the module loads; where it does not hold, every string is handed over by
 * itself, which is slower.
 */

const headerBytes = 16;
const headerWords = 4;
/** The longest text that stands inside its header. */
const inlineBytes = 12;

/** Strings as a batch holds them. */
export interface Strings {
  readonly offsets: Int32Array;
  readonly data: Uint8Array;
  readonly validity: Uint8Array | undefined;
}

/**
 * Writes strings [from, from + rows) into a VARCHAR or BLOB vector. For VARCHAR they must be valid UTF-8: DuckDB leaves
 * out others without a word.
 */
export function writeStrings(
  vector: duckdb.Vector,
  strings: Strings,
  from: number,
  rows: number,
  compact: boolean = layoutIsKnown,
): void {
  if (!compact || !writeCompact(vector, strings, from, rows)) writeSingly(vector, strings, from, rows);
}

function writeSingly(vector: duckdb.Vector, { offsets, data, validity }: Strings, from: number, rows: number): void {
  for (let k = 0; k < rows; k++) {
    const row = from + k;
    if (validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0) continue;
    duckdb.vector_assign_string_element_len(vector, k, data.subarray(offsets[row], offsets[row + 1]));
  }
}

/** Masks that keep the first, second and third word of an inlined text of n bytes, by 3n. */
const inlineMasks = Int32Array.from({ length: (inlineBytes + 1) * 3 }, (_, index) => {
  const bytes = Math.floor(index / 3) - (index % 3) * 4;
  return bytes >= 4 ? -1 : bytes <= 0 ? 0 : (1 << (8 * bytes)) - 1;
});

let headers = new Int32Array(2048 * headerWords);

/**
 * All texts go into the vector's heap as one string; then each header is made here and all headers are copied at once.
 * False when DuckDB took no text, i.e. when what stands in a null's slot is not UTF-8.
 */
function writeCompact(vector: duckdb.Vector, { offsets, data }: Strings, from: number, rows: number): boolean {
  if (rows * headerWords > headers.length) headers = new Int32Array(rows * headerWords);
  const start = offsets[from]!;
  const end = offsets[from + rows]!;
  let low = 0;
  let high = 0;
  if (end - start > inlineBytes) {
    duckdb.vector_assign_string_element_len(vector, 0, data.subarray(start, end));
    const header = duckdb.vector_get_data(vector, headerBytes);
    const view = new DataView(header.buffer, header.byteOffset, headerBytes);
    if (view.getUint32(0, true) !== end - start) return false;
    low = view.getUint32(8, true);
    high = view.getUint32(12, true);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const lastWords = data.byteLength - inlineBytes;
  let at = start;
  for (let k = 0, word = 0; k < rows; k++, word += headerWords) {
    const next = offsets[from + k + 1]!;
    const length = next - at;
    headers[word] = length;
    if (length > inlineBytes) {
      const pointer = low + (at - start);
      headers[word + 1] = view.getInt32(at, true);
      headers[word + 2] = pointer | 0;
      headers[word + 3] = pointer > 0xffff_ffff ? high + 1 : high;
    } else if (at <= lastWords) {
      headers[word + 1] = view.getInt32(at, true) & inlineMasks[length * 3]!;
      headers[word + 2] = view.getInt32(at + 4, true) & inlineMasks[length * 3 + 1]!;
      headers[word + 3] = view.getInt32(at + 8, true) & inlineMasks[length * 3 + 2]!;
    } else {
      headers.fill(0, word + 1, word + headerWords);
      for (let i = 0; i < length; i++) headers[word + 1 + (i >> 2)]! |= data[at + i]! << ((i & 3) * 8);
    }
    at = next;
  }
  duckdb.copy_data_to_vector(vector, 0, headers.buffer as ArrayBuffer, 0, rows * headerBytes);
  return true;
}

/** The headers of a VARCHAR or BLOB vector's strings, copied out of it. */
export interface StringHeaders {
  readonly words: Int32Array;
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  readonly validity: Uint8Array | undefined;
}

export function openStrings(vector: duckdb.Vector, validity: Uint8Array | undefined, rows: number): StringHeaders {
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, rows * headerBytes);
  const words = new Int32Array(buffer, byteOffset, rows * headerWords);
  return { words, buffer: buffer as ArrayBuffer, byteOffset, validity };
}

/** Appends the strings of rows [from, to) to a sink, while their vector lives; a null appends nothing. */
export function readStrings(
  strings: StringHeaders,
  from: number,
  to: number,
  sink: ByteSink,
  compact: boolean = layoutIsKnown,
): void {
  reserve(sink, to - from, 0);
  let row = from;
  while (row < to) {
    const length = stringLength(strings, row);
    if (length > inlineBytes) {
      row = copyRun(strings, row, compact ? runAt(strings, row, to) : runOfOne(strings, row), sink);
    } else {
      reserve(sink, 0, inlineBytes);
      copyInline(strings, row++, length, sink);
    }
  }
}

/** The length of a row's text; 0 for a null, whose header means nothing. */
export function stringLength({ words, validity }: StringHeaders, row: number): number {
  if (validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0) return 0;
  return words[row * headerWords]!;
}

function pointerAt({ words }: StringHeaders, row: number): number {
  return (words[row * headerWords + 2]! >>> 0) + (words[row * headerWords + 3]! >>> 0) * 4_294_967_296;
}

/** The row to `last`: rows whose long texts lie in one stretch of memory that ends at `end`. */
interface Run {
  readonly end: number;
  readonly last: number;
  /** Of all their texts. */
  readonly bytes: number;
  /** The stretch is these texts, one after the other and nothing else. */
  readonly whole: boolean;
}

function runAt(strings: StringHeaders, first: number, to: number): Run {
  const start = pointerAt(strings, first);
  let bytes = stringLength(strings, first);
  let end = start + bytes;
  let last = first;
  let whole = true;
  for (let row = first + 1; row < to; row++) {
    const length = stringLength(strings, row);
    if (length > inlineBytes) {
      const pointer = pointerAt(strings, row);
      if (pointer === end) end += length;
      else if (pointer < start || pointer + length > end) break;
      else whole = false;
      last = row;
    } else if (length > 0) {
      whole = false;
    }
    bytes += length;
  }
  return { end, last, bytes, whole };
}

function runOfOne(strings: StringHeaders, row: number): Run {
  const bytes = stringLength(strings, row);
  return { end: pointerAt(strings, row) + bytes, last: row, bytes, whole: true };
}

/** Appends the rows of a run; returns the row after it. */
function copyRun(strings: StringHeaders, first: number, run: Run, sink: ByteSink): number {
  const start = pointerAt(strings, first);
  const pointerAddress = strings.byteOffset + first * headerBytes + 8;
  const texts = duckdb.get_data_from_pointer(strings.buffer, pointerAddress, run.end - start);
  reserve(sink, 0, run.bytes);
  if (run.whole) copyWhole(strings, first, run, texts, sink);
  else copyScattered(strings, first, run, texts, sink);
  return run.last + 1;
}

function copyWhole(strings: StringHeaders, first: number, { last }: Run, texts: Uint8Array, sink: ByteSink): void {
  sink.data.set(texts, sink.length);
  for (let row = first; row <= last; row++) {
    sink.length += stringLength(strings, row);
    sink.offsets[++sink.rows] = sink.length;
  }
}

function copyScattered(strings: StringHeaders, first: number, { last }: Run, texts: Uint8Array, sink: ByteSink): void {
  const start = pointerAt(strings, first);
  const from = new DataView(texts.buffer, texts.byteOffset, texts.byteLength);
  const { data, view } = sink;
  for (let row = first; row <= last; row++) {
    const length = stringLength(strings, row);
    if (length <= inlineBytes) {
      copyInline(strings, row, length, sink);
      continue;
    }
    const at = pointerAt(strings, row) - start;
    if (length <= shortBytes && at + length + 4 <= texts.byteLength) {
      for (let i = 0; i < length; i += 4) view.setInt32(sink.length + i, from.getInt32(at + i, true), true);
    } else {
      data.set(texts.subarray(at, at + length), sink.length);
    }
    sink.length += length;
    sink.offsets[++sink.rows] = sink.length;
  }
}

/** Up to here copying by words in JavaScript is faster than a call. */
const shortBytes = 64;

function copyInline({ words }: StringHeaders, row: number, length: number, sink: ByteSink): void {
  const word = row * headerWords;
  if (length > 0) {
    sink.view.setInt32(sink.length, words[word + 1]!, true);
    if (length > 4) sink.view.setInt32(sink.length + 4, words[word + 2]!, true);
    if (length > 8) sink.view.setInt32(sink.length + 8, words[word + 3]!, true);
  }
  sink.length += length;
  sink.offsets[++sink.rows] = sink.length;
}

function layoutHolds(): boolean {
  const texts = ["", "twelve bytes", "thirteen byte", "é", "a text that is much longer than a header", "-"];
  const bytes = texts.map((text) => new TextEncoder().encode(text));
  const given = byteSink(texts.length, 256);
  for (const text of bytes) {
    given.data.set(text, given.length);
    given.length += text.length;
    given.offsets[++given.rows] = given.length;
  }
  const strings = { offsets: given.offsets, data: given.data, validity: undefined };
  try {
    const [written, plain] = [0, 1].map(() =>
      duckdb.create_vector(duckdb.create_logical_type(duckdb.Type.VARCHAR), texts.length),
    );
    writeSingly(plain!, strings, 0, texts.length);
    const read = byteSink(texts.length, 256);
    readStrings(openStrings(plain!, undefined, texts.length), 0, texts.length, read, true);
    const again = byteSink(texts.length, 256);
    const taken = writeCompact(written!, strings, 0, texts.length);
    readStrings(openStrings(written!, undefined, texts.length), 0, texts.length, again, false);
    return taken && sameStrings(given, read) && sameStrings(given, again);
  } catch {
    return false;
  }
}

function sameStrings(a: ByteSink, b: ByteSink): boolean {
  const text = ({ data, length }: ByteSink) => Buffer.from(data.buffer, 0, length);
  return text(a).equals(text(b)) && a.offsets.every((offset, i) => i > a.rows || offset === b.offsets[i]);
}

/** Whether DuckDB's strings lie as this file says. */
export const layoutIsKnown: boolean = layoutHolds();

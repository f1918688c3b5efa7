import { gunzipped } from "../../../sdk/http/body/unpack-chunks.js";
import type { ListForm } from "./long-form.js";
import { csvEnds, lineEnds } from "./record-ends.js";

export interface ListOptions {
  readonly form: ListForm;
  /** A part is given out once it has this many bytes. */
  readonly partBytes: number;
  /** As much as may be held of it at once. */
  readonly maxBytes: number;
  /** Makes the error for a record that is longer. */
  readonly tooMuch: () => Error;
}

/**
 * The text of a list, while it comes, in parts that are lists themselves: whole records, behind the first line where that
 * names the columns. Unpacked where it is packed.
 * @throws DataError `http.not_gzip`, what `tooMuch` makes, and what the bytes' source throws
 */
export async function* listParts(
  chunks: AsyncIterable<Uint8Array>,
  { form, partBytes, maxBytes, tooMuch }: ListOptions,
): AsyncGenerator<Buffer> {
  const ends = form.format === "csv" ? csvEnds(form.delimiter) : lineEnds();
  let header: Buffer | undefined = form.format === "csv" ? undefined : Buffer.alloc(0);
  let open: Uint8Array[] = [];
  let bytes = 0;
  let any = false;
  for await (const chunk of form.unpacks ? unpacked(chunks) : chunks) {
    let { first, last } = ends(chunk);
    let rest = chunk;
    if (header === undefined && first > 0) {
      header = Buffer.concat([...open, rest.subarray(0, first)]);
      [open, bytes] = [[], 0];
      rest = rest.subarray(first);
      last -= first;
    }
    if (header !== undefined && last > 0 && bytes + last >= partBytes) {
      yield Buffer.concat([header, ...open, rest.subarray(0, last)]);
      any = true;
      rest = rest.subarray(last);
      [open, bytes] = [[], 0];
    }
    open.push(rest);
    bytes += rest.length;
    if (bytes > maxBytes) throw tooMuch();
  }
  if (bytes > 0 || !any) yield Buffer.concat([...(header === undefined ? [] : [header]), ...open]);
}

/** Whether bytes are those of a gzip file (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** How often a body may be packed: once as a file, once more for its way. */
const mostTimes = 2;

async function* unpacked(chunks: AsyncIterable<Uint8Array>, times = 0): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const first = await source.next();
    if (first.done === true) return;
    const all = chained(first.value, source);
    if (times < mostTimes && isGzip(first.value)) yield* unpacked(gunzipped(all), times + 1);
    else yield* all;
  } finally {
    await source.return?.();
  }
}

async function* chained(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

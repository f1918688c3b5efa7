import { createHash } from "node:crypto";
import { DataError } from "../../errors.js";
import { listRecords } from "../body/list-records.js";
import { encodingOf, type HttpResponse } from "../response.js";
import type { LargeAnswer } from "./large-answer.js";
import type { Page, PageOptions } from "./page.js";
import { recordsOf } from "./records-of.js";

/** What was read of an answer before anybody looked at it is looked at in pieces too. */
const pieceBytes = 1024 * 1024;

/** The options of a list whose body is one by itself, CSV or JSON lines: it can be passed on while it comes. */
export function isListBody({ records, decode = {} }: PageOptions): boolean {
  const isText = decode.format === "csv" || decode.format === "jsonl";
  return isText && typeof records !== "function" && (records ?? []).length === 0;
}

/**
 * The records of CSV or JSON lines while they come, unpacked where they are packed.
 * @param mostBytes that may be held at once
 * @throws what `listRecords` throws; DataError `http.body_too_large` for a record, or an archive, that memory does not hold
 */
export async function* largeList(
  response: HttpResponse,
  { decode = {} }: Pick<PageOptions, "decode">,
  mostBytes: number,
): AsyncGenerator<Page, LargeAnswer> {
  const { url, headers } = response;
  const { format, unpack, delimiter = "," } = decode;
  const hash = createHash("sha1");
  const tooMuch = () => tooLarge(`${url.host}${url.pathname}`, unpack, mostBytes);
  const list = {
    format: format === "csv" ? "csv" : "jsonl",
    unpack,
    delimiter,
    encoding: encodingOf(headers),
    mostBytes,
    tooMuch,
  } as const;
  let [count, last] = [0, undefined as unknown];

  async function* chunks(): AsyncGenerator<Uint8Array> {
    hash.update(response.bytes);
    for (let at = 0; at < response.bytes.length; at += pieceBytes) yield response.bytes.subarray(at, at + pieceBytes);
    if (response.more === undefined) return;
    for await (const chunk of response.more.chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }

  try {
    for await (const portion of listRecords(chunks(), list)) {
      const records = recordsOf(portion, [], url.href);
      count += records.length;
      last = records.at(-1);
      yield records as readonly unknown[] as Page;
    }
  } finally {
    await response.more?.chunks.return(undefined);
  }
  const body = last === undefined ? [] : [last];
  return { body: () => body, count, digest: hash.digest("base64") };
}

function tooLarge(place: string, unpack: "gzip" | "zip" | undefined, bytes: number): DataError {
  const what = unpack === "zip" ? "the archive, or a record in it," : "a record";
  return new DataError(
    "http.body_too_large",
    `${what} in the answer of ${place} is larger than ${Math.floor(bytes / 1024 / 1024)} MiB`,
    { hint: "raise --max-memory" },
  );
}

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { freeBytes } from "../../batch/free-memory.js";
import { DataError, TransientError } from "../../errors.js";
import { type FoundRecords, findRecord, findRecords } from "../../json/find-records.js";
import { jsonByte, skipSpace } from "../../json/json-scan.js";
import { anyStep, parseAround, type Step } from "../../json/parse-around.js";
import { recordPage } from "../../json/record-page.js";
import { type RecordSplitter, recordSplitter } from "../../json/split-records.js";
import type { JsonObject } from "../../json.js";
import { parseJson } from "../../parse-json.js";
import { type HttpResponse, isDeclaredUtf8 } from "../response.js";
import type { Page, PageOptions } from "./page.js";
import { recordsOf } from "./records-of.js";

/** Answers up to this size are taken whole; longer ones are passed on while they come. */
export const wholeAnswerBytes = 8 * 1024 * 1024;
/** Records of a long answer are passed on in portions of this size. */
const portionBytes = 1024 * 1024;

/** An answer that is still coming. */
export type LargeResponse = HttpResponse & Required<Pick<HttpResponse, "more">>;

export function isLarge(response: HttpResponse): response is LargeResponse {
  return response.more !== undefined;
}

/** What is left of a long answer once its records were passed on. */
export interface LargeAnswer {
  /** The document, with the last record in place of all: parsed only for whom it says where to go on. */
  body(): unknown;
  readonly count: number;
  readonly digest: string;
}

/** The path of the records, where an answer can be passed on while it comes: JSON, and the path is one of keys. */
export function streamedPath({
  records,
  decode = {},
}: PageOptions): { readonly path: readonly string[] | undefined } | undefined {
  const { format = "json", unpack } = decode;
  if (format !== "json" || unpack !== undefined || typeof records === "function") return undefined;
  if (records === undefined) return { path: undefined };
  const path = typeof records === "string" ? (records === "" ? [] : records.split(".")) : records;
  return path.some((key) => /^-?\d+$/.test(key)) ? undefined : { path };
}

/**
 * The records of an answer while it comes, in portions; no more of it is in memory than one of them or one record.
 * @throws TransientError `http.body_cut`, `http.network` · DataError `http.not_json`, `http.encoding`, `http.no_records`,
 *   `http.body_too_large` for a record, or a document without records in it, that memory does not hold
 */
export async function* largeAnswer(
  { bytes, headers, url, more }: LargeResponse,
  { records: where, passedOn = false }: Pick<PageOptions, "records" | "passedOn">,
  path: readonly string[] | undefined,
): AsyncGenerator<Page, LargeAnswer> {
  const place = `${url.host}${url.pathname}`;
  if (!isDeclaredUtf8(headers)) throw tooLarge(place, more.mostBytes);
  const { mostBytes } = more;
  const splitter = recordSplitter({ path, portionBytes, mostBytes, tooMuch: () => tooLarge(place, mostBytes) });
  const hash = createHash("sha1");
  let count = 0;

  function portion(list: Buffer): Page {
    if (!isUtf8(list)) throw notUtf8(place);
    // The portion's bytes are soon others.
    const lasting = Buffer.from(list);
    splitter.drop();
    const found = findRecords(lasting, []);
    const records = found === undefined ? recordsOf(parsed(lasting, place), [], url.href) : pageOf(found, lasting);
    count += records.length;
    return records as Page;
  }

  function pageOf({ records }: FoundRecords, bytes: Buffer): readonly JsonObject[] {
    return recordPage(passedOn ? { ...records, release: () => freeBytes(bytes) } : records);
  }

  for await (const chunk of chunksOf(bytes, more.chunks)) {
    hash.update(chunk);
    const list = splitter.push(chunk);
    if (list !== undefined) yield portion(list);
  }
  refuseUnclear(splitter, { place, byPath: path !== undefined });
  const last = splitter.end();
  if (last !== undefined) yield portion(last);
  const rest = splitter.rest();
  // On the way to a record: in the list at the path, or in the only one.
  const way: readonly Step[] = path ?? (rest[skipSpace(rest, 0, rest.length)] === jsonByte.openBrace ? [anyStep] : []);
  const body = () => parsed(rest, place, [...way, anyStep]);
  // The document may be a record itself, or have none where they should be.
  if (splitter.lists === 0) {
    const found = path === undefined || !isUtf8(rest) ? undefined : findRecord(rest, path);
    // Who asks for the next page looks at it once more.
    const records = found === undefined ? recordsOf(parsed(rest, place), where, url.href) : recordPage(found.records);
    count = records.length;
    if (count > 0) yield records as Page;
  }
  return { body, count, digest: hash.digest("base64") };
}

async function* chunksOf(first: Uint8Array, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    const start = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
    for (let at = 0; at < start.length; at += portionBytes) yield start.subarray(at, at + portionBytes);
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function refuseUnclear(
  { lists, isWhole }: RecordSplitter,
  { place, byPath }: { place: string; byPath: boolean },
): void {
  if (!isWhole) throw new TransientError("http.body_cut", `the answer of ${place} breaks off`);
  if (lists < 2) return;
  const what = byPath ? "the list of records stands in it twice" : "it has several lists";
  throw new DataError("http.no_records", `it is not clear where the records are in the answer of ${place}: ${what}`, {
    hint: "set `records` to the path of the list, such as data.items",
  });
}

function notUtf8(place: string): DataError {
  return new DataError("http.encoding", `the answer of ${place} has bytes that are not UTF-8`, {
    hint: "the server must say in its content type what encoding it uses",
  });
}

/** @param way to a record: what is long in it stays text; absent: nothing does */
function parsed(json: Buffer, place: string, way?: readonly Step[]): unknown {
  if (!isUtf8(json)) throw notUtf8(place);
  try {
    return way === undefined ? parseJson(json.toString("utf8")) : parseAround(json, way, true);
  } catch (cause) {
    throw new DataError(
      "http.not_json",
      `the answer of ${place} is not JSON: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}

function tooLarge(place: string, bytes: number): DataError {
  const mebibytes = Math.floor(bytes / 1024 / 1024);
  return new DataError(
    "http.body_too_large",
    `a record in the answer of ${place}, or what is beside the records, is larger than ${mebibytes} MiB`,
    {
      hint: "raise --max-memory",
    },
  );
}

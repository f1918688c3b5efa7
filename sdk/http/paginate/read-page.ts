import { isUtf8 } from "node:buffer";
import { type FoundRecords, findRecords } from "../../json/find-records.js";
import { recordPage } from "../../json/record-page.js";
import type { JsonObject } from "../../json.js";
import { parseJson } from "../../parse-json.js";
import { decodeBody } from "../body/decode-body.js";
import { type HttpResponse, isDeclaredUtf8 } from "../response.js";
import type { PageOptions } from "./page.js";
import { recordsOf } from "./records-of.js";

/** One answer of a list. */
export interface ReadPage {
  /**
   * Its records. Where the answer is plain JSON they are parsed when they are looked at, and each call gives a list of its own.
   * @param release called by who packs them as they came, and so needs the answer no more
   */
  records(release?: () => void): readonly JsonObject[];
  /** The whole document, the records in it; parsed when it is first asked for. */
  body(): unknown;
}

export interface PageReading extends Pick<PageOptions, "records" | "decode"> {
  /** As much as may be held of an answer. */
  readonly mostBytes: number;
}

/**
 * Reads an answer: looks whether all of it is there and where its records are.
 * @throws what `decodeBody` throws; from `records`: what `recordsOf` throws
 */
export async function readPage(
  response: HttpResponse,
  { records: where, decode = {}, mostBytes }: PageReading,
  url: string,
): Promise<ReadPage> {
  const bytes = plainJson(response, decode);
  const path = typeof where === "string" ? pathKeys(where) : where;
  const found = bytes === undefined || typeof path === "function" ? undefined : findRecords(bytes, path);
  if (bytes === undefined || found === undefined) {
    return wholePage(await decodeBody(response, decode, mostBytes), where, url);
  }
  let body: { readonly value: unknown } | undefined;
  return {
    records: (release) => recordPage(release === undefined ? found.records : { ...found.records, release }),
    body() {
      body ??= { value: document(bytes, found) };
      return body.value;
    },
  };
}

/** A page of a document that was parsed. */
export function wholePage(body: unknown, where: PageOptions["records"], url: string): ReadPage {
  let list: readonly JsonObject[] | undefined;
  return {
    records() {
      list ??= recordsOf(body, where, url);
      return list;
    },
    body: () => body,
  };
}

function pathKeys(path: string): readonly string[] {
  return path === "" ? [] : path.split(".");
}

function plainJson(response: HttpResponse, { format = "json", unpack }: NonNullable<PageOptions["decode"]>) {
  if (format !== "json" || unpack !== undefined || !isDeclaredUtf8(response.headers) || !isUtf8(response.bytes))
    return undefined;
  return Buffer.from(response.bytes.buffer, response.bytes.byteOffset, response.bytes.byteLength);
}

/** The document with the records as a page of its own: nobody who looks at it has looked at the page that was given out. */
function document(bytes: Buffer, { start, end, path, records }: FoundRecords): unknown {
  const page = recordPage(records);
  const [last, ...above] = [...path].reverse();
  if (last === undefined) return page;
  const rest = parseJson(`${bytes.toString("utf8", 0, start).replace(/^\uFEFF/, "")}[]${bytes.toString("utf8", end)}`);
  const holder = above.reverse().reduce((value, key) => (value as Record<string, unknown>)[key], rest);
  (holder as Record<string, unknown>)[last] = page;
  return rest;
}

import { createHash } from "node:crypto";
import { DataError } from "../../errors.js";
import type { JsonObject } from "../../json.js";
import { decodeBody } from "../body/decode-body.js";
import type { Http } from "../http.js";
import type { HttpRequest, Query } from "../request.js";
import { isLarge, largeAnswer, streamedPath, wholeAnswerBytes } from "./large-answer.js";
import { linkHeader } from "./link-header.js";
import type { NextPage, Page, PageOptions } from "./page.js";
import { recordsOf } from "./records-of.js";

/** Empty pages in a row, each with a next one, before a list is given up as endless. */
const mostEmptyPages = 1000;

/**
 * The pages of a list, one request after another. Empty ones are passed over.
 * @throws DataError `http.page_repeated` where the list does not move on, `http.pages_empty` where it has nothing but
 *   empty pages, `http.no_records`; and what requests throw
 */
export async function* pagesOf(
  http: Pick<Http, "exchange">,
  url: string,
  options: PageOptions = {},
): AsyncGenerator<Page> {
  const { records: where, next, repeats = "refuse", decode = {} } = options;
  const nextPage = next === "link" ? linkHeader() : (next ?? onlyOne);
  const streamed = streamedPath(options);
  const asked = new Set<string>();
  const sizes: number[] = [];
  let request: HttpRequest = { ...requestParts(options), url };
  let [total, empty, before] = [0, 0, ""];
  for (let index = 0; ; index++) {
    const key = digest(JSON.stringify(request));
    if (asked.has(key)) throw repeated(url, index, "the page after it is one that was read already");
    asked.add(key);
    const { response, whole } = await http.exchange(
      request,
      async (answer) => ({ response: answer, whole: isLarge(answer) ? undefined : await decodeBody(answer, decode) }),
      streamed === undefined ? options : { ...options, wholeBytes: wholeAnswerBytes },
    );
    const large = isLarge(response) ? yield* largeAnswer(response, where, streamed?.path) : undefined;
    const body = large === undefined ? whole : large.body;
    const records = recordsOf(body, where, url);
    const size = large?.count ?? records.length;
    sizes.push(size);
    total += size;
    empty = size === 0 ? empty + 1 : 0;
    const content = next === undefined || size === 0 ? "" : (large?.digest ?? digest(response.bytes));
    if (repeats === "refuse" && content !== "" && content === before) {
      throw repeated(url, index, "it is the same as the page before");
    }
    before = content;
    if (large === undefined && size > 0) yield records as JsonObject[] as Page;
    if (empty > mostEmptyPages) throw endless(url);
    const change = nextPage({ request, url: response.url, headers: response.headers, body, records, sizes, total });
    if (change === undefined) return;
    request = changed(request, change);
  }
}

const onlyOne: NextPage = () => undefined;

/** A request with some of it replaced; a query or JSON body is changed name by name, but for a new URL, which brings its own query. */
function changed(request: HttpRequest, change: Partial<HttpRequest>): HttpRequest {
  const { url, query, json, ...rest } = change;
  if (url !== undefined) {
    const { query: _, ...kept } = request;
    return { ...kept, ...change };
  }
  const merged: Query = { ...request.query, ...query };
  const body =
    json === undefined ? {} : { json: isObject(json) && isObject(request.json) ? { ...request.json, ...json } : json };
  return { ...request, ...rest, ...body, ...(Object.keys(merged).length === 0 ? {} : { query: merged }) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function digest(content: string | Uint8Array): string {
  return createHash("sha1").update(content).digest("base64");
}

function repeated(url: string, index: number, what: string): DataError {
  return new DataError("http.page_repeated", `page ${index + 1} of ${url.split("?")[0]}: ${what}`, {
    hint: "check how the next page is asked for: the server does not seem to know that parameter",
  });
}

function endless(url: string): DataError {
  return new DataError("http.pages_empty", `${url.split("?")[0]} gave ${mostEmptyPages} empty pages in a row`, {
    hint: "check the path of the records",
  });
}

/** Of the options, those that make a request. */
function requestParts({ method, query, headers, json, form, body }: PageOptions): Omit<HttpRequest, "url"> {
  const parts = Object.entries({ method, query, headers, json, form, body });
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

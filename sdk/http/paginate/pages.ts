import { createHash } from "node:crypto";
import { DataError } from "../../errors.js";
import type { JsonObject } from "../../json.js";
import type { Http } from "../http.js";
import { linkedSignal } from "../linked-signal.js";
import type { HttpRequest, Query } from "../request.js";
import type { HttpResponse } from "../response.js";
import { answerMemory } from "./answer-memory.js";
import {
  isLarge,
  type LargeAnswer,
  type LargeResponse,
  largeAnswer,
  streamedPath,
  wholeAnswerBytes,
} from "./large-answer.js";
import { isListBody, largeList } from "./large-list.js";
import { lastContent } from "./last-content.js";
import { linkHeader } from "./link-header.js";
import type { NextPage, Page, PageOptions, SeenPage } from "./page.js";
import { type PageReading, type ReadPage, readPage, wholePage } from "./read-page.js";

/** Empty pages in a row, each with a next one, before a list is given up as endless. */
const mostEmptyPages = 1000;

/**
 * The pages of a list. Empty ones are passed over. From the second page on, the next is asked for while one is being
 * looked at: who wants only the first makes one request.
 * @throws DataError `http.page_repeated` where the list does not move on, `http.pages_empty` where it has nothing but
 *   empty pages, `http.no_records`; and what requests throw
 */
export async function* pagesOf(
  http: Pick<Http, "exchange">,
  url: string,
  options: PageOptions & PageReading & { readonly signal: AbortSignal },
): AsyncGenerator<Page> {
  const { next, repeats = "refuse" } = options;
  const nextPage = next === "link" ? linkHeader() : (next ?? onlyOne);
  const streamed = streamedPath(options);
  const isList = isListBody(options);
  /** A small file may unpack to a large one. */
  const isPacked = isList && options.decode?.unpack !== undefined;
  const asked = new Set<string>();
  const sizes: number[] = [];
  const { signal, end } = linkedSignal(options.signal);
  const isRepeat = lastContent();
  const memory = answerMemory();
  let [total, empty] = [0, 0];

  async function ask(request: HttpRequest): Promise<Asked> {
    const key = digest(JSON.stringify(request));
    if (asked.has(key)) throw repeated(url, sizes.length, "the page after it is one that was read already");
    asked.add(key);
    const { response, page } = await http.exchange(
      request,
      async (answer) => ({
        response: answer,
        page: isLarge(answer) || isPacked ? undefined : await readPage(answer, options, url),
      }),
      { ...options, signal, ...(streamed === undefined && !isList ? {} : { wholeBytes: wholeAnswerBytes }) },
    );
    return { request, response, page };
  }

  async function askNext({ request, response }: Asked, page: ReadPage): Promise<Asked | undefined> {
    const seen: SeenPage = {
      request,
      url: response.url,
      headers: response.headers,
      sizes,
      total,
      get records() {
        return page.records();
      },
      get body() {
        return page.body();
      },
    };
    const change = nextPage(seen);
    return change === undefined ? undefined : ask(changed(request, change));
  }

  async function* long(response: HttpResponse): AsyncGenerator<Page, LargeAnswer> {
    if (isList) return yield* largeList(response, options, options.mostBytes);
    return yield* largeAnswer(response as LargeResponse, options, streamed?.path);
  }

  try {
    let upcoming: Promise<Asked | undefined> = ask({ ...requestParts(options), url });
    for (;;) {
      const at = await upcoming;
      if (at === undefined) return;
      const { response } = at;
      const large = at.page === undefined ? yield* long(response) : undefined;
      const page = at.page ?? wholePage(next === undefined ? undefined : large?.body(), options.records, url);
      const records = page.records() as Page;
      const size = large?.count ?? records.length;
      sizes.push(size);
      total += size;
      empty = size === 0 ? empty + 1 : 0;
      const content = large === undefined ? response.bytes : Buffer.from(large.digest);
      if (isRepeat(next === undefined || size === 0 ? undefined : content) && repeats === "refuse") {
        throw repeated(url, sizes.length - 1, "it is the same as the page before");
      }
      memory.keep(response.bytes);
      const early = sizes.length > 1 && large === undefined && content.length <= wholeAnswerBytes;
      if (early) {
        upcoming = askNext(at, page);
        // It is waited for later; until then its failure is nobody's.
        upcoming.catch(() => undefined);
      }
      // Of a page by which the next one is still to be asked for, the answer is needed once more.
      const release = early && options.passedOn === true ? () => memory.packed(response.bytes) : undefined;
      if (large === undefined && size > 0) yield release === undefined ? records : (page.records(release) as Page);
      if (empty > mostEmptyPages) throw endless(url);
      if (!early) upcoming = askNext(at, page);
    }
  } finally {
    end();
  }
}

interface Asked {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** Undefined where the answer is still coming, or is still packed. */
  readonly page: ReadPage | undefined;
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

import type { JsonObject } from "../../json.js";
import type { BodyOptions } from "../body/decode-body.js";
import type { ExchangeOptions } from "../exchange-options.js";
import type { Headers, HttpRequest } from "../request.js";

/** The records of one answer, or a part of those of an answer of more than 8 MiB; never none: so `page.at(-1)` is always there. */
export interface Page extends ReadonlyArray<JsonObject> {
  at(index: number): JsonObject;
}

export interface PageOptions extends Omit<HttpRequest, "url">, ExchangeOptions {
  /**
   * Where the records are in the answer: a path such as `data.items`, or a function. Absent: the answer itself where it
   * is a list, else its only list. A path that leads to one object is one record; one that leads nowhere is no record.
   */
  readonly records?: string | readonly string[] | ((body: unknown) => readonly unknown[]);
  /** What the answer is made of; JSON where absent. */
  readonly decode?: BodyOptions;
  /** How the next page is asked for; absent: there is only one. `"link"` is the Link header with rel="next". */
  readonly next?: "link" | NextPage;
  /** `refuse`: a page that is the same as the one before is an error, since a list that does not move never ends. */
  readonly repeats?: "refuse" | "allow";
  /** Pages are yielded as they come, and never looked at after that: the memory of an answer is given back once it is packed. */
  readonly passedOn?: boolean;
}

/** Says what to change in a request to get the page after the one seen; undefined at the end. */
export type NextPage = (seen: SeenPage) => Partial<HttpRequest> | undefined;

export interface SeenPage {
  /** How the page was asked for. */
  readonly request: HttpRequest;
  /** Where it came from: what relative links are relative to. */
  readonly url: URL;
  readonly headers: Headers;
  /** The answer's JSON, or what stands for it in another format. Of a long answer, the list of its records has the last one only, in which values of more than a MiB are `RawJson`. */
  readonly body: unknown;
  /** Its records; of a long answer the last one. How many there were is the last of `sizes`. */
  readonly records: readonly JsonObject[];
  /** How many records each page so far had, this one the last. */
  readonly sizes: readonly number[];
  /** Their sum. */
  readonly total: number;
}

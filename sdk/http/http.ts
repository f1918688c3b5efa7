import type { Json } from "../json.js";
import type { Authenticator } from "./auth/authenticator.js";
import type { ExchangeOptions } from "./exchange-options.js";
import type { Rate } from "./host-budget.js";
import type { Page, PageOptions } from "./paginate/page.js";
import type { Headers, HttpRequest, Query } from "./request.js";
import type { HttpResponse } from "./response.js";
import type { RetryOptions } from "./retry.js";

/** How a connector speaks to a server; what is left out has the defaults named here. */
export interface HttpOptions {
  /** What relative URLs are put behind: `https://api.github.com`. */
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers?: Headers;
  /** Added to every request to the base URL's host. */
  readonly query?: Query;
  readonly auth?: Authenticator;
  /** How often a host may be asked, by all streams together. Unset: as fast as it answers, eight requests at once. */
  readonly rate?: Rate;
  readonly retry?: RetryOptions;
  /** Overrules, answer by answer, what is success, what is retried and what fails; undefined leaves it to the usual rules. */
  readonly judge?: (response: HttpResponse) => Verdict | undefined;
  /**
   * Hosts whose addresses may be private or this machine. The base URL's own host may be private without being named
   * here, unless `strangersUrl` is set.
   */
  readonly privateHosts?: readonly string[];
  /** The base URL is not the user's own word (it stands in a file of somebody else's): guard it like any other. */
  readonly strangersUrl?: boolean;
  /** How long a server may be silent before the connection is given up: 5 minutes. */
  readonly silenceMs?: number;
  /** The longest answer that is held in memory, decompressed: as much as the connector may hold, 16 MiB at least. */
  readonly maxBodyBytes?: number;
}

/** What to do with an answer: take it, ask again (at once by back-off or after a time), or fail with this error. */
export type Verdict = "accept" | "retry" | { readonly waitMs: number } | { readonly error: Error };

export interface CallOptions extends Omit<HttpRequest, "url" | "method">, ExchangeOptions {}

/** A client: guarded, rate-limited, retrying. Shared by all streams of a source. */
export interface Http {
  /** GET, and the answer's JSON. The type is the caller's word for what the server sends. */
  get<Body = Json>(url: string, options?: CallOptions): Promise<Body>;
  /** POST, and the answer's JSON. */
  post<Body = Json>(url: string, options?: CallOptions): Promise<Body>;
  /** Sends a request until it is answered; the answer is whole. */
  request(request: HttpRequest, options?: ExchangeOptions): Promise<HttpResponse>;
  /** Sends a request and makes something of the answer; what `read` throws as a TransientError is asked for again. */
  exchange<T>(
    request: HttpRequest,
    read: (response: HttpResponse) => T | Promise<T>,
    options?: ExchangeOptions,
  ): Promise<T>;
  /** The records of a list, page by page: see `PageOptions`. Never an empty page. */
  pages(url: string, options?: PageOptions): AsyncIterable<Page>;
  close(): Promise<void>;
}

import type { Json } from "../json.js";

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** Values of a query or form: undefined and null are left out, lists repeat their name. */
export type Query = Readonly<Record<string, Json | undefined>>;

/** A request as a connector makes it. */
export interface HttpRequest {
  /** GET where absent. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** Relative to the base URL, or a whole URL. */
  readonly url: string;
  readonly query?: Query;
  readonly headers?: Headers;
  /** The body: one of these at most. */
  readonly json?: Json;
  readonly form?: Query;
  readonly body?: string | Uint8Array;
}

/** A request made whole: what goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: string | Uint8Array;
}

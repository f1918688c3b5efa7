import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Answer } from "../requests/answer.js";
import type { WireRequest } from "../requests/exchange.js";
import type { OptionPlace } from "../requests/request-option.js";

/** How requests are signed. Its values are asked for anew for every request, in the order of the functions here. */
export interface Authenticator {
  /** The header, if it goes into one. */
  header(): Promise<readonly [string, string] | undefined>;
  /** What goes into parameters or the body. */
  options(place: Exclude<OptionPlace, "header">): Promise<PyDict | string>;
  /** Gets a new token at once. */
  refresh?(): Promise<void>;
  /** Signs the request itself, where it depends on the request how. Comes after the others, and again before each retry. */
  sign?(request: WireRequest): Promise<WireRequest>;
  /** Told of every answer that came over the network. */
  observe?(request: WireRequest, answer: Answer): void;
  /** Whether a request that a rate limit refused would go out with other credentials now. */
  hasOther?(request: WireRequest): boolean;
  /** The token by itself, for a request that carries it elsewhere. */
  token?(): Promise<string>;
}

export const noOptionsOf: Authenticator["options"] = async () => pyDict();

export const noAuth: Authenticator = { header: async () => undefined, options: noOptionsOf };

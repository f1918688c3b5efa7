import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { OptionPlace } from "../requests/request-option.js";

/** How requests are signed. Its values are asked for anew for every request, in the order of the functions here. */
export interface Authenticator {
  /** The header, if it goes into one. */
  header(): Promise<readonly [string, string] | undefined>;
  /** What goes into parameters or the body. */
  options(place: Exclude<OptionPlace, "header">): Promise<PyDict | string>;
  /** Gets a new token at once. */
  refresh?(): Promise<void>;
  /** The token by itself, for a request that carries it elsewhere. */
  token?(): Promise<string>;
}

export const noOptionsOf: Authenticator["options"] = async () => pyDict();

export const noAuth: Authenticator = { header: async () => undefined, options: noOptionsOf };

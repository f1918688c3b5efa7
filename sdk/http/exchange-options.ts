import type { Authenticator } from "./auth/authenticator.js";

export interface ExchangeOptions {
  /** Statuses that are answers rather than failures, beside 2xx. */
  readonly accept?: readonly number[];
  /** Instead of the client's own; null for none. */
  readonly auth?: Authenticator | null;
  /** A body longer than this comes as its beginning, with `more` of it to be read: for who can do with a part at a time. */
  readonly wholeBytes?: number;
  /** Instead of the run's, of which it must know too. */
  readonly signal?: AbortSignal;
}

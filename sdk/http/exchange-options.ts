import type { Authenticator } from "./auth/authenticator.js";

export interface ExchangeOptions {
  /** Statuses that are answers rather than failures, beside 2xx. */
  readonly accept?: readonly number[];
  /** Instead of the client's own; null for none. */
  readonly auth?: Authenticator | null;
  /** Instead of the run's, of which it must know too. */
  readonly signal?: AbortSignal;
}

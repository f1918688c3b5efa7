import type { WireRequest } from "./exchange.js";

/** What an API allows to be called, shared by all streams. */
export interface ApiBudget {
  /** Waits until the request may be sent. */
  acquire(request: WireRequest): Promise<void>;
}

export const unlimitedBudget: ApiBudget = { acquire: async () => undefined };

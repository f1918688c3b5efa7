import type { Log } from "../../sdk/context.js";
import type { TokenPools } from "./auth/token-pools.js";
import type { PyDict } from "./jinja/values/value.js";
import type { ApiBudget } from "./requests/api-budget.js";
import type { Exchange } from "./requests/exchange.js";
import type { ResponseCache } from "./requests/response-cache.js";
import type { Templates } from "./value/templates.js";

/** What the parts of a running manifest share. */
export interface Runtime {
  /** The connector's config as the manifest sees it; an authenticator may put a new token into it. */
  readonly config: PyDict;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly templates: Templates;
  readonly exchange: Exchange;
  /** Waits before a request is tried again. */
  readonly pause: (seconds: number) => Promise<void>;
  readonly cache: ResponseCache;
  readonly budget: ApiBudget;
  readonly log: Log;
  /** Pages that give the same as the page before end the read: a server that does not know how it is asked never ends a list. */
  readonly refusesRepeats: boolean;
  /** How many jobs the API may be given at once. */
  readonly mostJobs: number;
  /** How many jobs may be done before the first is downloaded: what a job made may be there for a short time only. */
  readonly jobsAhead: number;
  /** Tokens that are being got at this moment, by where they are kept: nobody else gets them too. */
  readonly refreshing: Map<string, Promise<void>>;
  /** What is counted for tokens that stand in for one another, by who they are. */
  readonly tokenPools: Map<string, TokenPools>;
  /** Called once a single-use token in the config was replaced. */
  readonly onConfigChanged: () => Promise<void>;
}

import type { Destination, OpenDestination } from "../../sdk/destination.js";
import type { OpenSource } from "../../sdk/source.js";
import type { ExpressionEngine } from "../transform/engine.js";
import type { MemoryBudget } from "./memory-budget.js";

/** Both ends of a connection, opened. */
export interface Ends {
  readonly source: OpenSource;
  readonly destination: OpenDestination;
  readonly kind: Destination;
  readonly budget: MemoryBudget;
  /** Where expressions run. */
  readonly engine: ExpressionEngine;
  /** A folder for what the run needs on disk; removed at its end. */
  readonly workDir: string;
}

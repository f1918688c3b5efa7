import type { Target } from "../../sdk/destination.js";
import type { StreamPlan } from "./stream-plan.js";

/** How often a row of the source stands in the table, whatever happens on the way, and why. */
export interface Guarantee {
  readonly guarantee: "exactly_once" | "once_by_key" | "once_a_run";
  readonly because: string;
}

/** What a stream is promised by the way it is read and written; the source's own limits stand in docs/exactly-once.md. */
export function guaranteeOf({ read }: StreamPlan, { writeMode, primaryKey }: Target): Guarantee {
  const key = primaryKey.join(", ");
  switch (writeMode) {
    case "overwrite":
      return {
        guarantee: "exactly_once",
        because: "the table is built aside from one whole read, and swapped in together with its state",
      };
    case "merge":
      return { guarantee: "once_by_key", because: `a row that comes again takes the place of the one with its ${key}` };
    case "scd2":
      return {
        guarantee: "once_by_key",
        because: `a row that comes again unchanged opens no new version of its ${key}`,
      };
    case "append":
      if (read === "full_refresh") {
        return { guarantee: "once_a_run", because: "each run adds every row of the source once more" };
      }
      return {
        guarantee: "exactly_once",
        because: "rows and the state that says where the next read begins are committed in one step",
      };
  }
}

import type { OnEvent } from "../../core/sync/events.js";
import type { StreamProgress } from "./stream-progress.js";

/** Shows how a run goes on, on stderr. */
export interface ProgressView {
  readonly onEvent: OnEvent;
  /** Prints a line that stays. */
  note(line: string): void;
  /** The streams so far. */
  streams(): readonly StreamProgress[];
  /** Takes the view away. */
  end(): void;
}

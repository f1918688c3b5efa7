import { randomBytes } from "node:crypto";
import { openJournal } from "./journal.js";
import { thisOrigin } from "./origin.js";
import type { StateChangeRecord } from "./run-record.js";
import type { StoreLocation } from "./store-location.js";
import { takeIn } from "./take-in.js";

export interface StateChange extends Pick<StateChangeRecord, "connection" | "stream" | "action" | "before" | "after"> {
  readonly projectDir: string;
  readonly location: StoreLocation;
  warn(message: string): void;
}

/** Keeps who changed a committed state, and how. Never throws: a history that cannot be written is a warning. */
export async function recordStateChange({ projectDir, location, warn, ...change }: StateChange): Promise<void> {
  try {
    const at = new Date().toISOString();
    const id = `${at.replaceAll(/[-:.]/g, "")}-${randomBytes(4).toString("hex")}`;
    const journal = openJournal(projectDir);
    journal.write({ kind: "state_change", id, at, origin: thisOrigin(), ...change });
    await takeIn(journal, location);
  } catch (error) {
    warn(`who changed the state could not be written down: ${(error as Error).message}`);
  }
}

import type { RunEvent } from "../sync/events.js";
import type { RunReport } from "../sync/report.js";
import { openJournal } from "./journal.js";
import { thisOrigin } from "./origin.js";
import { redacted } from "./redacted.js";
import type { RunEventRecord } from "./run-record.js";
import type { StoreLocation } from "./store-location.js";
import { takeIn } from "./take-in.js";

/** A run on its way into the history. */
export interface RunRecording {
  onEvent(event: RunEvent): void;
  /** Never throws: a history that cannot be written is a warning. */
  end(report: RunReport): Promise<void>;
}

export interface RecordingOptions {
  readonly projectDir: string;
  readonly location: StoreLocation;
  readonly runId: string;
  /** Connections by name. */
  readonly connections: readonly string[];
  redact(text: string): string;
  warn(message: string): void;
}

/** What a run of many loads tells beyond this is left out: the loads stand in `_sluice_loads`. */
const mostEvents = 1000;

/** Begins the record of a run. */
export function recordRun({ projectDir, location, runId, connections, redact, warn }: RecordingOptions): RunRecording {
  const journal = openJournal(projectDir);
  const origin = thisOrigin();
  const events: RunEventRecord[] = [];
  const attempt = async (step: () => void | Promise<void>) => {
    try {
      await step();
    } catch (error) {
      warn(`the history of this run could not be written: ${redact((error as Error).message)}`);
    }
  };
  const begun = attempt(() => {
    journal.begin({ kind: "begun_run", run_id: runId, started_at: new Date().toISOString(), connections, origin });
  });
  return {
    onEvent(event) {
      if (event.type === "progress" || events.length >= mostEvents) return;
      events.push({ at: new Date().toISOString(), event });
    },
    async end(report) {
      await begun;
      await attempt(async () => {
        journal.write(redacted({ kind: "run", report, origin, events }, redact));
        await takeIn(journal, location);
      });
    },
  };
}

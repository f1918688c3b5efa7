import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BegunRun, HistoryRecord } from "./run-record.js";

/**
 * What has happened and does not stand in the store yet: a file each, in `.sluice/journal`. A sync writes one in a
 * millisecond, where opening a database would cost it a third of its time; whoever opens the store next takes them in.
 */
export interface Journal {
  /** Runs that have begun and not ended. */
  begun(): BegunRun[];
  /** How many files there are. */
  size(): number;
  /** What waits for the store, the oldest first. */
  waiting(): JournalEntry[];
  begin(run: BegunRun): void;
  write(record: HistoryRecord): void;
  remove(name: string): void;
}

export interface JournalEntry {
  readonly name: string;
  readonly record: HistoryRecord;
}

/** The journal of a project's folder; it is made when something is first written. */
export function openJournal(projectDir: string): Journal {
  const folder = join(projectDir, ".sluice", "journal");
  const read = <Kind>(isWanted: (kind: unknown) => boolean) =>
    (existsSync(folder) ? readdirSync(folder).sort() : []).flatMap((name) => {
      const record = name.endsWith(".json") ? parsed(join(folder, name)) : undefined;
      return record !== undefined && isWanted(record.kind) ? [{ name, record: record as Kind }] : [];
    });
  const put = (id: string, record: BegunRun | HistoryRecord) => {
    mkdirSync(folder, { recursive: true });
    const ignore = join(projectDir, ".sluice", ".gitignore");
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
    // A reader sees the file before or after, never a half.
    const path = join(folder, `${id}.json`);
    writeFileSync(`${path}.new`, JSON.stringify(record));
    renameSync(`${path}.new`, path);
  };
  return {
    size: () => (existsSync(folder) ? readdirSync(folder).length : 0),
    begun: () => read<BegunRun>((kind) => kind === "begun_run").map(({ record }) => record),
    waiting: () => read<HistoryRecord>((kind) => kind === "run" || kind === "state_change"),
    begin: (run) => put(run.run_id, run),
    write: (record) => put(record.kind === "run" ? record.report.run_id : record.id, record),
    remove: (name) => rmSync(join(folder, name), { force: true }),
  };
}

function parsed(path: string): { readonly kind?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { readonly kind?: unknown };
  } catch {
    // Taken in by another process in this moment, or cut by a full disk: history, not state.
    return undefined;
  }
}

/** Whether a run's process is gone, though it never told its end; false where it ran elsewhere. */
export function isLost({ origin }: BegunRun, here: string): boolean {
  if (origin.host !== here) return false;
  try {
    process.kill(origin.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

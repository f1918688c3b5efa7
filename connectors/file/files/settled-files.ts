import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../../sdk/index.js";
import { describeFile } from "./list-files.js";
import type { SourceFile } from "./source-file.js";

export interface SettleOptions {
  /** A file must have stood unchanged for this long. */
  readonly settleMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * The files that nobody is writing any more. Those changed within the last moments are watched until they have stood
 * still for `settleMs`; one that still changes then, or is gone, is left for the next run and the log says so.
 */
export async function settledFiles(
  files: readonly SourceFile[],
  options: SettleOptions,
): Promise<readonly SourceFile[]> {
  const now = Date.now();
  const youngest = Math.min(...files.map((file) => ageMs(file, now)));
  if (files.length === 0 || youngest >= options.settleMs) return files;
  await sleep(options.settleMs - Math.max(0, youngest), undefined, { signal: options.signal });
  const settled: SourceFile[] = [];
  for (const file of files) {
    if (ageMs(file, now) >= options.settleMs || (await isUnchanged(file))) settled.push(file);
    else options.log("info", `${file.name} is still being written; it is left for the next run`, { file: file.name });
  }
  return settled;
}

/** Whether a file stands as it was listed. */
export async function isUnchanged(file: SourceFile): Promise<boolean> {
  const now = await stat(file.path).catch(() => undefined);
  if (now === undefined) return false;
  return now.size === file.size && now.mtimeMs === file.modified;
}

/** A file as it stands now, under the same name; undefined where it is gone. */
export async function freshFile(file: SourceFile): Promise<SourceFile | undefined> {
  return describeFile(file.path, file.name).catch(() => undefined);
}

/** A time in the future (another machine's clock) counts as long ago: only change itself can tell then. */
function ageMs(file: SourceFile, now: number): number {
  const age = now - file.modified;
  return age < -60_000 ? Number.POSITIVE_INFINITY : Math.max(0, age);
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromJson } from "../jinja/json.js";
import type { PyDict } from "../jinja/values/value.js";
import { loadManifest } from "../load/load-manifest.js";
import { isDict } from "../value/is-dict.js";
import { replayRun } from "./replay-run.js";
import { readTape } from "./tape.js";

export interface ReplayFolders {
  /** NAME.yaml */
  readonly manifests: string;
  /** NAME.json: `{ config, catalog }`. */
  readonly catalogs: string;
  /** NAME.json: see `readTape`. */
  readonly tapes: string;
}

/** One run of a connector, and how it differs from what the reference did. */
export interface ReplayedRun {
  readonly stream: string;
  readonly mode: string;
  readonly differences: readonly string[];
}

export interface ReplayedConnector {
  readonly name: string;
  readonly runs: readonly ReplayedRun[];
}

/** Replays the recorded runs of every connector, one connector after the other; runs in which the reference failed are left out. */
export async function* replay(folders: ReplayFolders): AsyncGenerator<ReplayedConnector, void> {
  const files = (await readdir(folders.tapes)).filter((file) => file.endsWith(".json")).sort();
  for (const file of files) yield await replayConnector(file.slice(0, -".json".length), folders);
}

async function replayConnector(name: string, folders: ReplayFolders): Promise<ReplayedConnector> {
  const tape = readTape(await readFile(join(folders.tapes, `${name}.json`), "utf8"));
  const clean = tape.runs.filter(({ failed }) => !failed);
  const path = join(folders.manifests, `${name}.yaml`);
  try {
    const manifest = loadManifest(await readFile(path, "utf8"), path);
    const config = (await catalogConfig(join(folders.catalogs, `${name}.json`))) ?? tape.config;
    const runs: ReplayedRun[] = [];
    for (const run of clean) {
      const { stream, mode } = run;
      runs.push({ stream, mode, differences: await replayRun(manifest, { ...tape, config }, run) });
    }
    return { name, runs };
  } catch (error) {
    const differences = [`the manifest fails: ${error instanceof Error ? error.message : error}`];
    return { name, runs: clean.map(({ stream, mode }) => ({ stream, mode, differences })) };
  }
}

async function catalogConfig(path: string): Promise<PyDict | undefined> {
  try {
    const file = fromJson(await readFile(path, "utf8"));
    const config = isDict(file) ? file.get("config") : undefined;
    return isDict(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

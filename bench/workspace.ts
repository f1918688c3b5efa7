import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** The repository: npm runs a script in the package's folder. */
export const root = process.cwd();
/** Everything the benchmark makes; not under version control. */
export const dataDir = join(root, "bench/data");
export const resultsDir = join(root, "bench/results");
/** The compiled programs of the benchmark. */
export const programDir = join(dataDir, "program/bench");
/** The built command line. */
export const sluiceProgram = join(root, "program/cli/main.js");

/** A folder under `bench/data`, made where it is missing. */
export function dataFolder(name: string): string {
  const folder = join(dataDir, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JsonObject } from "../json.js";

/** A folder of files that only this user may read, for one run of a program. */
export interface PrivateFolder {
  readonly dir: string;
  /** Writes a file; returns its path. */
  write(name: string, text: string): Promise<string>;
  read(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a private folder inside `parent`. */
export async function privateFolder(parent: string): Promise<PrivateFolder> {
  const dir = await mkdtemp(join(parent, "child-"));
  return {
    dir,
    async write(name, text) {
      await writePrivate(join(dir, name), text);
      return join(dir, name);
    },
    read: (name) => readFile(join(dir, name), "utf8"),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** A config that its program may rewrite: tokens that are good for one use, settings moved to a newer form. */
export interface KeptConfig {
  /** As the program last left it, while the user's own has not changed since. */
  readonly current: JsonObject;
  /** Keeps a rewritten one, durably, before it returns. */
  keep(config: JsonObject): Promise<void>;
}

/** Opens what is kept for a config as the user wrote it, in `.sluice/configs` of the project. */
export async function keptConfig(projectDir: string, program: string, written: JsonObject): Promise<KeptConfig> {
  const digest = createHash("sha256")
    .update(JSON.stringify([program, written]))
    .digest("hex");
  const path = join(projectDir, ".sluice", "configs", `${digest.slice(0, 32)}.json`);
  let current = written;
  try {
    current = JSON.parse(await readFile(path, "utf8")) as JsonObject;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return {
    get current() {
      return current;
    },
    async keep(config) {
      if (JSON.stringify(config) === JSON.stringify(current)) return;
      current = config;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writePrivate(join(dirname(path), ".gitignore"), "*\n");
      await writePrivate(`${path}.new`, JSON.stringify(config));
      await rename(`${path}.new`, path);
    },
  };
}

async function writePrivate(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

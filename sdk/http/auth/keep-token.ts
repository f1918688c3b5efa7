import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectorContext } from "../../context.js";
import type { TokenKeeper } from "./oauth2.js";
import { revealed, type SecretText } from "./plain-auth.js";

/**
 * Keeps renewed refresh tokens in the project's `.sluice/tokens`, in files that only this user may read. What is kept
 * belongs to the token that the settings have: with another one there, the user begins anew.
 */
export function keepToken({ projectDir }: Pick<ConnectorContext, "projectDir">, first: SecretText): TokenKeeper {
  const folder = join(projectDir, ".sluice", "tokens");
  const path = join(folder, createHash("sha256").update(revealed(first)).digest("hex").slice(0, 32));
  return {
    async load() {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(token) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, ".gitignore"), "*\n");
      const written = `${path}.${randomUUID()}`;
      const file = await open(written, "wx", 0o600);
      try {
        await file.writeFile(token);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(written, path);
      await syncFolder(folder);
    },
  };
}

/** A rename is safe once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

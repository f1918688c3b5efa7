import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables a project sees: `.env` beside `sluice.yaml`, and the process's own, which win. */
export function projectEnvironment(dir: string, env: Environment): Environment {
  try {
    return { ...parse(readFileSync(join(dir, ".env"))), ...env };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return env;
    throw error;
  }
}

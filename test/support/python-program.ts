import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../node_modules/.cache/sluice-programs", import.meta.url));

/** A program of a PyPI package. */
export interface PythonProgram {
  /** With its version: `airbyte-source-faker==7.2.1`. */
  readonly requirement: string;
  /** What the package installs. */
  readonly program: string;
}

/**
 * The path of a program from PyPI, installed on first use into an environment of its own under `node_modules/.cache`;
 * or why it cannot be installed here.
 */
export function installPython({ requirement, program }: PythonProgram): { path: string } | { missing: string } {
  const path = join(cache, requirement, "bin", program);
  if (existsSync(path)) return { path };
  try {
    const tools = join(cache, "tools");
    const uv = join(tools, "bin/uv");
    if (!existsSync(uv)) {
      execFileSync("python3", ["-m", "venv", tools], { stdio: "pipe" });
      execFileSync(join(tools, "bin/pip"), ["install", "--quiet", "uv"], { stdio: "pipe" });
    }
    const home = join(cache, requirement);
    execFileSync(uv, ["venv", "--quiet", "--clear", home], { stdio: "pipe" });
    const python = join(home, "bin/python");
    execFileSync(uv, ["pip", "install", "--quiet", "--python", python, requirement], { stdio: "pipe" });
    return { path };
  } catch (error) {
    return { missing: `${requirement} cannot be installed: ${(error as Error).message.split("\n")[0]}` };
  }
}

import { accessSync, constants, readFileSync, statfsSync } from "node:fs";

const memory = "/dev/shm";
const roomNeeded = 4 * 1024 ** 3;

/**
 * The folder in memory where tests may keep their files, which there wait for no disk; undefined where there is none, where
 * it is small (a container's often is), or where programs in it may not run.
 */
export function folderInMemory(): string | undefined {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memory);
    const mounted = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" "))
      .find(([, place]) => place === memory);
    const mayRun = mounted !== undefined && !mounted[3]!.split(",").includes("noexec");
    return mayRun && bavail * bsize >= roomNeeded ? memory : undefined;
  } catch {
    return undefined;
  }
}

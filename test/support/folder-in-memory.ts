import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
const roomNeeded = 4 * 1024 ** 3;

/**
 * A new folder in memory where tests may keep their files, which there wait for no disk; it goes with this process.
 * Undefined where there is no memory to mount, where it is small (a container's often is), or where programs in it may not run.
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
    if (!mayRun || bavail * bsize < roomNeeded) return undefined;
    const folder = mkdtempSync(join(memory, "sluice-tests-"));
    // The servers of the tests may be another user's.
    chmodSync(folder, 0o1777);
    // Programs that are ended with this process may write on for a moment.
    process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  } catch {
    return undefined;
  }
}

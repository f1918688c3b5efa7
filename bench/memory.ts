import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Peak resident memory in bytes; undefined where there is no /proc to read it from. */
export interface PeakMemory {
  /** Of the process that had most. */
  readonly largest: number | undefined;
  /** Of all processes together, sampled. */
  readonly tree: number | undefined;
}

/** Watches a process and its descendants until it is stopped. */
export function watchMemory(pid: number): { stop(): PeakMemory } {
  if (!existsSync("/proc/self/status")) return { stop: () => ({ largest: undefined, tree: undefined }) };
  let largest = 0;
  let tree = 0;
  const sample = () => {
    let sum = 0;
    for (const each of descendants(pid)) {
      const { peak, now } = residentBytes(each);
      largest = Math.max(largest, peak);
      sum += now;
    }
    tree = Math.max(tree, sum);
  };
  const timer = setInterval(sample, 20);
  return {
    stop() {
      clearInterval(timer);
      return { largest, tree };
    },
  };
}

function descendants(pid: number): number[] {
  const found = [pid];
  for (let i = 0; i < found.length; i++) {
    for (const task of entries(`/proc/${found[i]}/task`)) {
      found.push(...read(`/proc/${found[i]}/task/${task}/children`).split(" ").filter(Boolean).map(Number));
    }
  }
  return found;
}

/** VmHWM is the kernel's own high-water mark: exact, however rarely it is read. */
function residentBytes(pid: number): { peak: number; now: number } {
  const status = read(`/proc/${pid}/status`);
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  return { peak: field("VmHWM"), now: field("VmRSS") };
}

// A process may end between two looks at it.
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

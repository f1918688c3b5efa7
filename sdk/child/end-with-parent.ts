import { spawn } from "node:child_process";

/** Sees to it that a group of processes ends with this one, however this one ends. */
export interface Watch {
  /** The group has ended by itself, or is being ended. */
  stop(): void;
}

/**
 * Waits for the end of its input, which is the end of whoever holds the other end of the pipe: the system closes it even
 * where a process has no time to say goodbye.
 */
const script = 'read -r _; kill -TERM "-$1" && sleep "$2" && kill -KILL "-$1"';

/** @param graceMs how long the group may take to end once it is asked to */
export function endWithParent(groupId: number, graceMs: number): Watch {
  const watch = spawn("/bin/sh", ["-c", script, "watch", String(groupId), String(graceMs / 1000)], {
    stdio: ["pipe", "ignore", "ignore"],
    // Not of this process's group: what a terminal sends to that must not end it first.
    detached: true,
  });
  // A system without a shell has no watch; what runs there ends when it is ended in good order.
  watch.on("error", () => undefined);
  watch.stdin?.on("error", () => undefined);
  watch.unref();
  return {
    stop() {
      watch.kill("SIGKILL");
      watch.stdin?.destroy();
    },
  };
}

import { hostname, userInfo } from "node:os";
import type { Origin } from "./run-record.js";

/** Who runs this process, and where. */
export function thisOrigin(): Origin {
  return { user: userName(), host: hostname(), pid: process.pid };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user that has no name.
    return String(process.getuid?.() ?? "unknown");
  }
}

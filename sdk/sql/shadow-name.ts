import { createHash } from "node:crypto";
import type { Target } from "../destination.js";

/**
 * The name of a table that is built aside: one per stream, so that the next run finds what a killed one left. Those of the
 * child tables begin with that of their parent's.
 */
export function shadowName({ connection, stream }: Pick<Target, "connection" | "stream">, child?: string): string {
  const own = `_sluice_new_${digest([connection, stream], 16)}`;
  return child === undefined ? own : `${own}_${digest([child], 12)}`;
}

function digest(of: readonly string[], length: number): string {
  return createHash("sha256").update(JSON.stringify(of)).digest("hex").slice(0, length);
}

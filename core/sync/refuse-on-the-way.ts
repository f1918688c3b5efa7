import { DataError, TransientError } from "../../sdk/errors.js";
import type { Shape } from "./shape.js";

/** What may be committed only at its end cannot be altered on the way: every value is looked at first, then. */
export function notWhole(stream: string): DataError {
  const message = `stream '${stream}' changed its columns on the way, and is right only as a whole`;
  return new DataError("type.mismatch", message, { stream });
}

/** The writer keeps the old values of such a column until its end: another one loads it. */
export function refuseReturned({ columns }: Shape, kept: ReadonlySet<string>, stream: string): void {
  const back = columns.find(({ target, gone }) => kept.has(target) && !gone);
  if (back === undefined) return;
  const message = `stream '${stream}': column '${back.source}' came back while the stream was read`;
  throw new TransientError("drift.column_back", message, { stream, column: back.source, hint: "run it again" });
}

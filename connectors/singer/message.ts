import type { Row } from "../../sdk/batch/pack.js";
import { type Line, lineStart } from "../../sdk/child/lines.js";
import { parseLine } from "../../sdk/child/parse-line.js";
import { DataError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";

/** A message of a tap (https://github.com/singer-io/getting-started, docs/SPEC.md). */
export type TapMessage =
  | { readonly type: "SCHEMA"; readonly stream: string; readonly schema: Json; readonly key_properties?: Json }
  | { readonly type: "RECORD"; readonly stream: string; readonly record: Row; readonly version?: number }
  | { readonly type: "STATE"; readonly value: unknown }
  | { readonly type: "ACTIVATE_VERSION"; readonly stream: string; readonly version: number }
  | { readonly type: "BATCH"; readonly stream: string };

/**
 * The message on a line of stdout; undefined for an empty line and for a type that Singer may get one day.
 * @throws DataError `singer.bad_message` for anything else: the protocol has stdout to itself
 */
export function messageOf(line: Line): TapMessage | undefined {
  if (typeof line === "string" && line.trim() === "") return undefined;
  const { type, ...rest } = parsed(line);
  if (typeof type !== "string") throw bad(line, "it has no `type`");
  const message = { ...rest, type: type.toUpperCase() } as TapMessage;
  switch (message.type) {
    case "RECORD":
      if (typeof message.record !== "object" || message.record === null) throw bad(line, "a RECORD without `record`");
      return message;
    case "STATE":
      if (message.value === undefined) throw bad(line, "a STATE without `value`");
      return message;
    case "SCHEMA":
    case "ACTIVATE_VERSION":
    case "BATCH":
      return message;
    default:
      return undefined;
  }
}

function parsed(line: Line): { readonly type?: unknown } {
  try {
    const value = parseLine(line, ["record"]);
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw bad(line, (cause as Error).message);
  }
  throw bad(line, "it is no object");
}

function bad(line: Line, why: string): DataError {
  return new DataError("singer.bad_message", `the tap wrote a line that is no Singer message: ${why}`, {
    hint: "what a tap has to say to people belongs on stderr; see the line with --log-level debug",
    row: lineStart(line, 200),
  });
}

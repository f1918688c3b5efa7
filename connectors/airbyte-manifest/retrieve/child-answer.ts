import type { Answer } from "../requests/answer.js";
import { pythonJson } from "../requests/python-json.js";
import type { Slice } from "../slices/slice.js";

/** The first page of a parent's children as the parent's record holds it; undefined where it holds none. */
export function childAnswer({ extraFields }: Slice): Answer | undefined {
  const response = extraFields.get("child_response");
  if (response === undefined) return undefined;
  return { status: 200, headers: new Map(), url: "", body: Buffer.from(pythonJson(response)) };
}

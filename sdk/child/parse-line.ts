import { parseAround } from "../json/parse-around.js";
import { parseJson } from "../parse-json.js";
import type { Line } from "./lines.js";

/**
 * The JSON on a line, with every digit kept. In a long line, long lists and objects stay text, as `RawJson`, where they are
 * members of the object that the keys of `path` lead to: the record in a message.
 * @throws SyntaxError for text that is no JSON
 */
export function parseLine(line: Line, path: readonly string[]): unknown {
  return typeof line === "string" ? parseJson(line) : parseAround(line, path);
}

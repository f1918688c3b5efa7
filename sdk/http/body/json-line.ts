import { DataError } from "../../errors.js";
import { parseJson } from "../../parse-json.js";

/** The value in a line of JSON lines. @throws DataError `http.not_json` that names the line */
export function jsonLine(line: string, number: number): unknown {
  try {
    return parseJson(line);
  } catch (cause) {
    throw new DataError("http.not_json", `line ${number} of the answer is not JSON: ${line.slice(0, 80)}`, { cause });
  }
}

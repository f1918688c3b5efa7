import { fromJson } from "../jinja/json.js";
import type { PyValue } from "../jinja/values/value.js";
import { noteExactFloats } from "../value/exact-floats.js";

/** One value a line. A line that is no JSON is left out, as the reference leaves it out. */
export function* jsonLines(bytes: Uint8Array): Generator<PyValue, void> {
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line.trim() === "") continue;
    let value: PyValue;
    try {
      value = fromJson(line);
      noteExactFloats(value, line);
    } catch {
      continue;
    }
    yield value;
  }
}

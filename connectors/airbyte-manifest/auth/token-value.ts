import type { PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

/** A value by its name, wherever in an answer it stands, at most five levels deep. */
export function tokenValue(body: PyValue, name: string, depth = 0): PyValue | undefined {
  if (depth > 5) return undefined;
  if (isDict(body)) {
    const own = body.get(name);
    if (own !== undefined) return own;
  } else if (!Array.isArray(body)) return undefined;
  for (const member of isDict(body) ? body.values() : body) {
    const found = tokenValue(member, name, depth + 1);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

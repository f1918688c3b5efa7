import { ConfigError } from "../../../sdk/errors.js";
import type { PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

const deepest = 5;

/**
 * A value by its name, wherever in an answer it stands; undefined where it is nowhere.
 * @throws ConfigError `manifest.token` where the answer nests deeper than five levels before it is found: the reference looks no further either
 */
export function tokenValue(body: PyValue, name: string, depth = 0): PyValue | undefined {
  if (depth > deepest) {
    throw new ConfigError(
      "manifest.token",
      `'${name}' is not in the first ${deepest} levels of the answer to a token request`,
      { hint: "check the names of the values in the manifest's authenticator, and what the token's endpoint answers" },
    );
  }
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

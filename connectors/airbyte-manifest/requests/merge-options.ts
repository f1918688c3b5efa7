import { ConfigError } from "../../../sdk/errors.js";
import { equals } from "../jinja/values/compare.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict } from "../jinja/values/value.js";
import { copyOf } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";

/** Options of one kind from one part of a request; a body may be text. */
export type Options = PyDict | string | undefined;

/**
 * Puts together what the parts of a request (the requester, its authenticator, the paginator, …) each want in one place.
 * A name that two parts give is an error; in a JSON body objects are merged and equal values allowed.
 * @throws ConfigError `manifest.duplicate_option`
 */
export function mergeOptions(parts: readonly Options[], allowEqual = false): PyDict | string {
  const present = parts.filter((part) => part !== undefined && !(isDict(part) && part.size === 0));
  const texts = present.filter((part) => typeof part === "string");
  const [text] = texts;
  if (text !== undefined) {
    if (present.length > 1)
      throw new ConfigError("manifest.duplicate_option", "a body that is text takes nothing beside it");
    return text;
  }
  const merged = pyDict();
  for (const part of present) if (isDict(part)) mergeInto(merged, part, [], allowEqual);
  return merged;
}

/** The same where text is not possible. */
export function mergeObjects(parts: readonly Options[], allowEqual = false): PyDict {
  const merged = mergeOptions(parts, allowEqual);
  if (isDict(merged)) return merged;
  throw new ConfigError("manifest.option", "parameters, headers and JSON bodies are objects, not text");
}

function mergeInto(target: PyDict, source: PyDict, path: readonly string[], allowEqual: boolean): void {
  for (const [key, value] of source) {
    const present = target.get(key);
    const here = [...path, str(key)];
    if (present === undefined) target.set(key, copyOf(value));
    else if (allowEqual && isDict(present) && isDict(value)) mergeInto(present, value, here, true);
    else if (!allowEqual || !equals(present, value)) {
      throw new ConfigError("manifest.duplicate_option", `two parts of a request set '${here.join(".")}'`, {
        hint: "leave it to one of them in the manifest: the requester, its authenticator, the paginator, a partition or the cursor",
      });
    }
  }
}

import { parseDocument } from "yaml";
import { ConfigError } from "../../../sdk/errors.js";
import type { PyDict } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";
import { fromYaml } from "./from-yaml.js";

/** A manifest is text that people write: more than this is a mistake or an attack. */
const maxCharacters = 16 * 1024 * 1024;
/** The most nodes that aliases may blow it up to. */
const maxNodes = 2_000_000;
const maxDepth = 200;

/**
 * Reads a manifest's YAML 1.2 (of which JSON is a part).
 * @throws ConfigError `manifest.malformed` with line and column · `manifest.too_large`
 */
export function parseManifest(text: string, origin: string): PyDict {
  if (text.length > maxCharacters) throw tooLarge(origin);
  const document = parseDocument(text, { uniqueKeys: false, intAsBigInt: true, version: "1.2" });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new ConfigError("manifest.malformed", `'${origin}' is not YAML: ${problem.message.split("\n")[0]}`);
  }
  let nodes = 0;

  const manifest = fromYaml(document.toJS({ mapAsMap: true, maxAliasCount: 1000 }), (depth) => {
    nodes += 1;
    if (depth > maxDepth || nodes > maxNodes) throw tooLarge(origin);
  });
  if (!isDict(manifest)) {
    throw new ConfigError("manifest.malformed", `'${origin}' does not hold a manifest, which begins with keys`);
  }
  return manifest;
}

function tooLarge(origin: string): ConfigError {
  return new ConfigError("manifest.too_large", `'${origin}' is too large or too deep for a manifest`, {
    hint: "take out what repeats itself through anchors and references",
  });
}

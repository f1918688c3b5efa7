import { parseDocument } from "yaml";
import type { PyValue } from "../jinja/values/value.js";
import { fromYaml } from "./from-yaml.js";

/** What a text means as YAML; the text itself where it is none. */
export function parseYamlValue(text: string): PyValue {
  const document = parseDocument(text, { uniqueKeys: false, intAsBigInt: true, version: "1.2" });
  if (document.errors.length > 0) return text;
  return fromYaml(document.toJS({ mapAsMap: true, maxAliasCount: 100 }), () => undefined);
}

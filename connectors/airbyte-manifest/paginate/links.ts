import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";

/** A Link header (RFC 8288) by relation, each with its `url` and parameters: `{ next: { url, rel } }`. */
export function parsedLinks(header: string | undefined): PyDict {
  const links = pyDict();
  if (header === undefined) return links;
  for (const part of header.trim().split(/, *</)) {
    const [target = "", ...parameters] = part.split(";");
    const link = pyDict([["url", target.replaceAll(/^[<> '"]+|[<> '"]+$/g, "")]]);
    for (const parameter of parameters) {
      const [name, value] = parameter.split("=", 2);
      if (name === undefined || value === undefined) break;
      link.set(trimmed(name), trimmed(value));
    }
    links.set(link.get("rel") ?? link.get("url") ?? null, link);
  }
  return links;
}

function trimmed(text: string): string {
  return text.replaceAll(/^[ '"]+|[ '"]+$/g, "");
}

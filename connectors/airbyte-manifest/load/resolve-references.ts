import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { copyOf } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";

/** How many nodes references may grow a manifest to: the largest in the wild has about 400,000. */
const maxNodes = 2_000_000;
const maxDepth = 300;

/**
 * Puts in place of every reference what it points at. A text that begins with `#/` is a reference; `$ref` beside other
 * keys merges them over an object it points at, and gives way to anything else. A path is looked up greedily: the whole
 * of it as one key, then its first part and the rest likewise.
 * @throws ConfigError `manifest.reference`: circular, or pointing at nothing · `manifest.too_large`
 */
export function resolveReferences(manifest: PyDict): PyDict {
  const open = new Set<string>();
  let nodes = 0;

  function resolve(node: PyValue, depth: number): PyValue {
    nodes++;
    if (nodes > maxNodes || depth > maxDepth) {
      throw new ConfigError("manifest.too_large", "the manifest's references grow it beyond all measure", {
        hint: "look for a reference that repeats something which repeats something else",
      });
    }
    if (typeof node === "string") return node.startsWith("#/") ? followed(node, depth) : node;
    if (Array.isArray(node)) return node.map((item) => resolve(item, depth + 1));
    if (!isDict(node)) return node;
    const own = pyDict();
    for (const [key, value] of node) {
      if (key !== "$ref") own.set(key, key === "config_overrides" ? copyOf(value) : resolve(value, depth + 1));
    }
    const reference = node.get("$ref");
    if (reference === undefined) return own;
    const target = resolve(reference, depth + 1);
    return isDict(target) ? pyDict([...target, ...own]) : target;
  }

  function followed(reference: string, depth: number): PyValue {
    if (open.has(reference)) {
      throw new ConfigError("manifest.reference", `the reference '${reference}' leads back to itself`);
    }
    open.add(reference);
    const target = resolve(lookUp(reference, manifest), depth + 1);
    open.delete(reference);
    return target;
  }

  return resolve(manifest, 0) as PyDict;
}

function lookUp(reference: string, manifest: PyDict): PyValue {
  let node: PyValue | undefined = manifest;
  let path = reference.slice("#/".length);
  while (path !== "") {
    if (isDict(node) && node.has(path)) return node.get(path) as PyValue;
    const slash = path.indexOf("/");
    const head: string = slash < 0 ? path : path.slice(0, slash);
    path = slash < 0 ? "" : path.slice(slash + 1);
    if (Array.isArray(node)) node = node.at(/^-?\d+$/.test(head) ? Number(head) : Number.NaN);
    else
      node = isDict(node) ? (node.get(head) ?? (/^\d+$/.test(head) ? node.get(BigInt(head)) : undefined)) : undefined;
    if (node === undefined) {
      throw new ConfigError("manifest.reference", `the reference '${reference}' points at nothing`, {
        hint: `there is no '${head}'`,
      });
    }
  }
  return node as PyValue;
}

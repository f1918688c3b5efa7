import { maskText } from "./mask-text.js";
import type { Mask } from "./transforms.js";

/** A mask of what stands in a JSON document under these keys, in every element of the lists on the way. */
export interface DocumentMask {
  readonly keys: readonly string[];
  readonly mask: Mask;
}

interface MaskNode {
  mask?: (text: string) => string | null;
  readonly keys: Map<string, MaskNode>;
}

/** What takes the place of a text that is no JSON: nobody can tell what in it is to be masked. */
const unreadable = '"[redacted]"';

/**
 * Masks values inside JSON texts: a string by its text, anything else by its JSON text; null stays null. Every other byte of
 * the document stays as it is.
 */
export function documentMasker(masks: readonly DocumentMask[]): (json: string) => string {
  const root: MaskNode = { keys: new Map() };
  for (const { keys, mask } of masks) {
    let node = root;
    for (const key of keys) {
      const next = node.keys.get(key) ?? { keys: new Map() };
      node.keys.set(key, next);
      node = next;
    }
    node.mask = maskText(mask);
  }
  return (json) => {
    try {
      JSON.parse(json);
      return masked(json, root);
    } catch (error) {
      // Too deep for the stack is unreadable as well.
      if (error instanceof SyntaxError || error instanceof RangeError) return unreadable;
      throw error;
    }
  };
}

/** @param json valid JSON */
function masked(json: string, root: MaskNode): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  value(root);
  return parts.join("") + json.slice(copied);

  function value(node: MaskNode | undefined): void {
    skipSpace();
    const from = at;
    if (json[at] === "{") members(node?.mask === undefined ? node : undefined);
    else if (json[at] === "[") elements(node?.mask === undefined ? node : undefined);
    else if (json[at] === '"') skipString();
    else while (at < json.length && !/[\s,\]}]/.test(json[at]!)) at++;
    if (node?.mask === undefined) return;
    parts.push(json.slice(copied, from), maskedValue(json.slice(from, at), node.mask));
    copied = at;
  }

  function members(node: MaskNode | undefined): void {
    at++;
    for (skipSpace(); json[at] !== "}"; skipSpace()) {
      const from = at;
      skipString();
      const key = node === undefined ? undefined : (JSON.parse(json.slice(from, at)) as string);
      skipSpace();
      at++;
      value(key === undefined ? undefined : node?.keys.get(key));
      skipSpace();
      if (json[at] === ",") at++;
    }
    at++;
  }

  /** An element stands at the path of its list. */
  function elements(node: MaskNode | undefined): void {
    at++;
    for (skipSpace(); json[at] !== "]"; skipSpace()) {
      value(node);
      skipSpace();
      if (json[at] === ",") at++;
    }
    at++;
  }

  function skipString(): void {
    for (at++; json[at] !== '"'; at++) if (json[at] === "\\") at++;
    at++;
  }

  function skipSpace(): void {
    while (json.charCodeAt(at) <= 32) at++;
  }
}

function maskedValue(json: string, mask: (text: string) => string | null): string {
  if (json === "null") return json;
  return JSON.stringify(mask(json.startsWith('"') ? (JSON.parse(json) as string) : json));
}

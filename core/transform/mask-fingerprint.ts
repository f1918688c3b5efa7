import { createHash, createHmac } from "node:crypto";
import type { Mask, Transforms } from "./transforms.js";

/**
 * What tells one mask from another without telling its key, by source column: so that a masked value is known again as
 * masked in this way.
 */
export function maskFingerprints(
  { mask = {}, rename = {} }: Transforms,
  sourceColumns: readonly string[],
): Record<string, string> {
  const outputs = new Set(sourceColumns.map((source) => rename[source] ?? source));
  const entries = sourceColumns.flatMap((source): [string, string][] => {
    const output = rename[source] ?? source;
    const found = mask[output];
    if (found !== undefined) return [[source, fingerprint(found)]];
    const inside = Object.entries(mask).filter(([name]) => name.startsWith(`${output}.`) && !outputs.has(name));
    if (inside.length === 0) return [];
    const texts = inside.map(([name, one]) => `${name.slice(output.length + 1)}=${fingerprint(one)}`);
    return [[source, `${inDocument}${texts.sort().join(",")}`]];
  });
  return Object.fromEntries(entries);
}

/** Begins the fingerprint of masks inside a document. */
const inDocument = "json:";

/** Whether a fingerprint is of masks inside a document, which is JSON still. */
export function isOfDocument(fingerprint: string | undefined): boolean {
  return fingerprint?.startsWith(inDocument) ?? false;
}

function fingerprint(mask: Mask): string {
  const kind = mask.type === "partial" ? `partial(${mask.keep})` : mask.type;
  // 32 bits of a one-way function of the key: enough to see that it changed, too few to search for it.
  const digest = "key" in mask ? createHmac("sha256", mask.key.reveal()) : createHash("sha256");
  return `${kind}:${digest.update(`sluice mask ${kind}`).digest("hex").slice(0, 8)}`;
}

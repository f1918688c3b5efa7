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
  const entries = sourceColumns.flatMap((source): [string, string][] => {
    const found = mask[rename[source] ?? source];
    return found === undefined ? [] : [[source, fingerprint(found)]];
  });
  return Object.fromEntries(entries);
}

function fingerprint(mask: Mask): string {
  const kind = mask.type === "partial" ? `partial(${mask.keep})` : mask.type;
  // 32 bits of a one-way function of the key: enough to see that it changed, too few to search for it.
  const digest = "key" in mask ? createHmac("sha256", mask.key.reveal()) : createHash("sha256");
  return `${kind}:${digest.update(`sluice mask ${kind}`).digest("hex").slice(0, 8)}`;
}

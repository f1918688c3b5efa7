import { createHash } from "node:crypto";

/** What a destination's identifiers can be. */
export interface NamingRules {
  /** Longest identifier in bytes of UTF-8. */
  readonly maxIdentifierBytes: number;
  /** Whether names that differ only by case are one name. */
  readonly caseInsensitive: boolean;
}

const ownPrefix = /^_sluice_/i;

/**
 * Target names for source names, all distinct at the destination. A name stays as it is where it can; one that is too
 * long, reserved, empty, or the twin of another (equal but for case or Unicode form) is cut and gets a digest of the
 * whole source name. `taken` holds the names chosen on earlier runs: they never change; `reserved` are names that no
 * source name may have.
 */
export function targetNames(
  sources: readonly string[],
  rules: NamingRules,
  taken: ReadonlyMap<string, string> = new Map(),
  reserved: readonly string[] = [],
): Map<string, string> {
  const names = new Map(
    sources.flatMap((source) => (taken.has(source) ? [[source, taken.get(source)!] as const] : [])),
  );
  const used = new Set([...names.values(), ...reserved].map((name) => fold(name, rules)));
  const fresh = sources.filter((name) => !names.has(name));
  const plainFirst = [true, false].flatMap((fits) => fresh.filter((name) => fitsAsIs(name, rules) === fits));
  for (const source of canonicalFirst(plainFirst, rules)) {
    const plain = fitsAsIs(source, rules) && !used.has(fold(source, rules));
    let name = plain ? source : withDigest(source, rules);
    // A table that was loaded from another one of ours may have the very name that its twin would get.
    while (used.has(fold(name, rules))) name = withDigest(name, rules);
    names.set(source, name);
    used.add(fold(name, rules));
  }
  return new Map(sources.map((source) => [source, names.get(source)!]));
}

/** Among twins, the name that equals its own folded form keeps it. */
function canonicalFirst(names: readonly string[], rules: NamingRules): string[] {
  const rank = (name: string) => (fold(name, rules) === name ? 0 : 1);
  return [...names].sort((a, b) => rank(a) - rank(b));
}

/** A name as the destination compares it. */
export function fold(name: string, rules: Pick<NamingRules, "caseInsensitive">): string {
  const form = name.normalize("NFC");
  return rules.caseInsensitive ? form.toLowerCase() : form;
}

/** Whether a destination can have the name unchanged. */
function fitsAsIs(name: string, rules: NamingRules): boolean {
  return (
    name !== "" && !name.includes("\0") && !ownPrefix.test(name) && Buffer.byteLength(name) <= rules.maxIdentifierBytes
  );
}

/** The name cut to fit, with eight hex digits of the SHA-256 of the whole: the same on every run. */
function withDigest(name: string, rules: NamingRules): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const stem = name.replaceAll("\0", "").replace(ownPrefix, "source_");
  return `${cutToBytes(stem, Math.min(rules.maxIdentifierBytes, 255) - digest.length - 1)}_${digest}`;
}

function cutToBytes(text: string, bytes: number): string {
  let used = 0;
  let cut = "";
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    cut += character;
  }
  return cut;
}

import { distance } from "fastest-levenshtein";

/** The candidate that a mistyped name most likely meant; undefined where none is near. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  // Two letters that changed places are two edits.
  const limit = Math.max(name.length > 3 ? 2 : 1, Math.floor(name.length / 3));
  return candidates
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)[0]?.candidate;
}

/** Whether a stream's name fits one of the patterns, where `*` stands for any characters; every name where there are none. */
export function matchesAny(patterns: readonly string[] | undefined, name: string): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => {
    const literals = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${literals.join(".*")}$`, "s").test(name);
  });
}

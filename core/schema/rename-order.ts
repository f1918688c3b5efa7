/** A column's old and new name in a table. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/**
 * Renames one after another such that no step takes a name that is still in use: `a→b, b→c` begins with `b`, and a swap
 * goes through a name of its own.
 */
export function renameOrder(renames: readonly Rename[]): Rename[] {
  const steps: Rename[] = [];
  let left = renames.filter(({ from, to }) => from !== to);
  while (left.length > 0) {
    const inUse = new Set(left.map(({ from }) => from));
    const free = left.filter(({ to }) => !inUse.has(to));
    if (free.length > 0) {
      steps.push(...free);
      left = left.filter((one) => !free.includes(one));
    } else {
      const [{ from, to }, ...others] = left as [Rename, ...Rename[]];
      const aside = `_renaming_${steps.length}`;
      steps.push({ from, to: aside });
      left = [...others, { from: aside, to }];
    }
  }
  return steps;
}

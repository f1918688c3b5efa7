let last = 0;

/** A new load id: microseconds since 1970, greater than every id this process gave before. */
export function newLoadId(now: number = Date.now()): number {
  last = Math.max(now * 1000, last + 1);
  return last;
}

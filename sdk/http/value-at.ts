/**
 * The value at a path of keys such as `data.items`, or undefined: in a list a number is a position, counted from the end
 * where it is negative. A key that has a dot in it is reached by giving the path as a list.
 */
export function valueAt(value: unknown, path: string | readonly string[]): unknown {
  const keys = typeof path === "string" ? (path === "" ? [] : path.split(".")) : path;
  return keys.reduce(member, value);
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

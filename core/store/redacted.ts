/** A record with every text in it redacted. */
export function redacted<T>(value: T, redact: (text: string) => string): T {
  return mapped(value, redact) as T;
}

function mapped(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, redact));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapped(item, redact)]));
}

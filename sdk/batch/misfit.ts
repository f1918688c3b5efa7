/** Why a value cannot stand in its column; whoever knows the column and the row makes a DataError `value.<reason>` of it. */
export interface Misfit {
  readonly misfit: "wrong_type" | "out_of_range" | "not_exact" | "malformed" | "null" | "unknown_key";
  readonly message: string;
}

/** The thing to throw. */
export function misfit(reason: Misfit["misfit"], message: string): Misfit {
  return { misfit: reason, message };
}

export function isMisfit(error: unknown): error is Misfit {
  return typeof error === "object" && error !== null && "misfit" in error;
}

/** A value in an error message: short, and with its JavaScript type where that is the point. */
export function shown(value: unknown): string {
  if (typeof value === "string")
    return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : `Date ${value.toISOString()}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : String(value);
}

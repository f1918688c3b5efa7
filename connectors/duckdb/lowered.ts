import type { Column } from "../../sdk/index.js";

/** A cursor's bound, lookback before it, in SQL: milliseconds for times, a number for numbers. */
export function lowered(bound: string, { type }: Column, lookback: number | undefined): string {
  if (lookback === undefined || lookback === 0) return bound;
  switch (type.kind) {
    case "timestamp":
    case "datetime":
      return `${bound} - to_milliseconds(${lookback})`;
    case "date":
      return `CAST(${bound} - to_days(${Math.ceil(lookback / millisecondsPerDay)}) AS DATE)`;
    case "string":
    case "uuid":
    case "binary":
    case "boolean":
      return bound;
    default:
      return `${bound} - ${lookback}`;
  }
}

const millisecondsPerDay = 86_400_000;

import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { Predicate } from "../../sdk/source.js";

/** Values of a stream's cursor: `from` and later, and before `to`, as the user wrote them. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/**
 * The window in slices that can be read at the same time, each as predicates on the cursor: equal parts of time or of whole
 * numbers; one slice where a cursor cannot be divided.
 * @throws ConfigError `backfill.window` for ends that are no values of the cursor, or in the wrong order
 */
export function windowSlices({ name, type }: Column, window: Window, most: number): Predicate[][] {
  const scale = scaleOf(type.kind);
  const ends = [window.from, window.to].map((text) => scale?.read(text));
  const [from, to] = ends;
  if (scale === undefined || from === undefined || to === undefined) return [slice(name, window.from, window.to)];
  if (ends.some((end) => end === null)) {
    const text = from === null ? window.from : window.to;
    throw new ConfigError("backfill.window", `'${text}' is no value of the cursor '${name}', a ${type.kind}`, {
      column: name,
      hint: scale.hint,
    });
  }
  if (from! >= to!) {
    throw new ConfigError("backfill.window", `the window is empty: ${window.from} is not before ${window.to}`, {
      hint: "--from is the first value wanted, --to the first one that is not",
    });
  }
  const length = to! - from!;
  const count = length < BigInt(most) ? Number(length) : most;
  const bounds = Array.from({ length: count + 1 }, (_, i) => from! + (length * BigInt(i)) / BigInt(count));
  return bounds.slice(1).map((end, i) => slice(name, scale.write(bounds[i]!), scale.write(end)));
}

function slice(column: string, from: string, to: string): Predicate[] {
  return [
    { column, operator: ">=", values: [from] },
    { column, operator: "<", values: [to] },
  ];
}

/** A kind of values as whole numbers: `read` gives null for a text that is none. */
interface Scale {
  read(text: string): bigint | null;
  write(value: bigint): string;
  readonly hint: string;
}

function scaleOf(kind: Column["type"]["kind"]): Scale | undefined {
  switch (kind) {
    case "int16":
    case "int32":
    case "int64":
      return whole;
    case "date":
      return date;
    case "datetime":
      return { ...instant, write: (value) => instant.write(value).replace("+00", "") };
    case "timestamp":
      return instant;
    default:
      return undefined;
  }
}

const whole: Scale = {
  read: (text) => (/^-?\d+$/.test(text.trim()) ? BigInt(text) : null),
  write: String,
  hint: "a whole number",
};

const dayMs = 86_400_000;

const date: Scale = {
  read(text) {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    return Number.isNaN(time) ? null : BigInt(time / dayMs);
  },
  write: (days) => new Date(Number(days) * dayMs).toISOString().slice(0, 10),
  hint: "a date such as 2026-01-31",
};

/** Milliseconds are fine enough to say a window; what is written has no more. */
const instant: Scale = {
  read(text) {
    const found =
      /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(
        text.trim(),
      );
    if (found === null) return null;
    const [, day, clock = "00:00", zone = "Z"] = found;
    const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone;
    const time = Date.parse(`${day}T${clock}${offset}`);
    return Number.isNaN(time) ? null : BigInt(time);
  },
  write: (ms) => `${new Date(Number(ms)).toISOString().replace("T", " ").replace("Z", "")}+00`,
  hint: "a time such as 2026-01-31 or 2026-01-31T12:00:00Z (UTC where no zone is given)",
};

import { ConfigError } from "../../sdk/errors.js";

const fields = [
  { name: "minute", min: 0, max: 59, words: [] },
  { name: "hour", min: 0, max: 23, words: [] },
  { name: "day of month", min: 1, max: 31, words: [] },
  { name: "month", min: 1, max: 12, words: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { name: "day of week", min: 0, max: 7, words: "sun mon tue wed thu fri sat".split(" ") },
] as const;

type Field = (typeof fields)[number];

/**
 * A cron expression of five fields, as crontab(5) has them: numbers, names, `*`, ranges, lists and steps.
 * @throws ConfigError `schedule.cron` naming the field that is wrong
 */
export function parseCron(text: string): string {
  const parts = text.trim().split(/\s+/);
  const wrong = parts.length === fields.length ? fields.find((field, i) => !isField(parts[i]!, field)) : undefined;
  if (parts.length === fields.length && wrong === undefined) return parts.join(" ");
  const why = wrong === undefined ? "" : `: its ${wrong.name} is wrong (${wrong.min} to ${wrong.max})`;
  throw new ConfigError("schedule.cron", `'${text}' is not a cron expression${why}`, {
    hint: "write minute, hour, day of month, month and day of week: '*/15 * * * *'",
  });
}

function isField(text: string, field: Field): boolean {
  return text.split(",").every((part) => {
    const [range = "", step, ...more] = part.split("/");
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
    if (range === "*") return true;
    const ends = range.split("-").map((end) => numberOf(end, field));
    if (ends.length > 2 || ends.some((end) => end < field.min || end > field.max)) return false;
    return ends.length === 1 || ends[0]! <= ends[1]!;
  });
}

/** -1 for what is none. */
function numberOf(text: string, { min, words }: Field): number {
  if (/^\d+$/.test(text)) return Number(text);
  const word = (words as readonly string[]).indexOf(text.toLowerCase());
  return word < 0 ? -1 : word + min;
}

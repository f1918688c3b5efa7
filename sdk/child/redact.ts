import type { Json } from "../json.js";

const secretName = /pass|secret|token|key|credential|auth|private|cert|dsn|url|cookie/i;
// Shorter values would turn ordinary words into noise, and hide nothing.
const shortest = 4;

/** Replaces, in what a program says, the values of its config whose names sound secret. */
export function configRedactor(...configs: readonly Json[]): (text: string) => string {
  const secrets = new Set(configs.flatMap((config) => secretsOf(config, false)));
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, value) => rest.replaceAll(value, "[secret]"), text);
}

function secretsOf(value: Json, isSecret: boolean): string[] {
  if (typeof value === "string") {
    if (!isSecret || value.length < shortest) return [];
    return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  }
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => secretsOf(item, isSecret));
  return Object.entries(value).flatMap(([name, member]) =>
    secretsOf(member as Json, isSecret || secretName.test(name)),
  );
}

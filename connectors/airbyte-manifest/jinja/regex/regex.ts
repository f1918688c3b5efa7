import type { Run } from "../run.js";

export function regexSearch(_run: Run, pattern: string, text: string): string {
  return new RegExp(pattern, "u").exec(text)?.[1] ?? "";
}

export function regexReplace(_run: Run, pattern: string, by: string, text: string): string {
  return text.replace(new RegExp(pattern, "gu"), () => by);
}

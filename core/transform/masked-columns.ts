import type { Transforms } from "./transforms.js";

/** Whether a mask is about a column, by its output name, or about something in it: `payload.email`. */
export function isMaskedColumn({ mask = {} }: Pick<Transforms, "mask">, column: string): boolean {
  return Object.hasOwn(mask, column) || Object.keys(mask).some((name) => name.startsWith(`${column}.`));
}

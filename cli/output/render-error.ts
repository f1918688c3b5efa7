import { type Place, ProjectError } from "../../core/project/problem.js";
import { errorRecord } from "../../sdk/errors.js";
import type { Palette } from "./palette.js";
import type { ShownError } from "./shown-error.js";

/** What was thrown, for people: what happened, where, what to do, and its code. Ends with a line break. */
export function renderError(thrown: unknown, paint: Palette, options: { stack: boolean } = { stack: false }): string {
  if (thrown instanceof ProjectError) return thrown.problems.map((problem) => renderRecord(problem, paint)).join("\n");
  const record = errorRecord(thrown);
  const stack = options.stack && record.stack !== undefined ? `${paint.dim(record.stack)}\n` : "";
  return renderRecord(record, paint) + stack;
}

/** An error of a report, or a problem of a file. */
export function renderRecord(
  {
    code,
    message,
    hint,
    place,
  }: Pick<ShownError, "code" | "message" | "place"> & { readonly hint?: string | undefined },
  paint: Palette,
): string {
  const [first = "", ...rest] = message.split("\n");
  return [
    `${paint.bad("✗")} ${paint.bold(first)}  ${paint.dim(code)}`,
    ...rest.map((line) => `  ${line}`),
    ...(place === undefined ? [] : renderPlace(place, paint)),
    ...(hint === undefined ? [] : [`  ${paint.good("fix")} ${hint}`]),
    "",
  ].join("\n");
}

/** The line of the file, with a mark under what is meant. */
function renderPlace(place: Place, paint: Palette): string[] {
  const number = String(place.line);
  const margin = " ".repeat(number.length);
  // Tabs are kept, so that the mark stands under what it means.
  const before = place.excerpt.slice(0, place.column - 1).replaceAll(/[^\t]/g, " ");
  return [
    `  ${paint.accent(`${place.file}:${place.line}:${place.column}`)}`,
    `  ${paint.dim(`${number} │`)} ${place.excerpt}`,
    `  ${paint.dim(`${margin} │`)} ${before}${paint.bad("^".repeat(place.length))}`,
  ];
}

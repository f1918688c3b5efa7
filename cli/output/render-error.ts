import { type Problem, ProjectError } from "../../core/project/problem.js";
import { type ErrorRecord, errorRecord } from "../../sdk/errors.js";
import type { Palette } from "./palette.js";

/** An error for people: what happened, what to do, and its code. Ends with a line break. */
export function renderError(error: unknown, paint: Palette, options: { stack: boolean } = { stack: false }): string {
  if (error instanceof ProjectError) return error.problems.map((problem) => renderProblem(problem, paint)).join("\n");
  const record = errorRecord(error);
  const stack = options.stack && record.stack !== undefined ? `${paint.dim(record.stack)}\n` : "";
  return renderRecord(record, paint) + stack;
}

/** An error that crossed a report. */
export function renderRecord(record: Omit<ErrorRecord, "stack">, paint: Palette): string {
  const [first = "", ...rest] = record.message.split("\n");
  return [
    `${paint.bad("✗")} ${paint.bold(first)}  ${paint.dim(record.code)}`,
    ...rest.map((line) => `  ${line}`),
    ...(record.hint === undefined ? [] : [fix(record.hint, paint)]),
    "",
  ].join("\n");
}

function renderProblem({ code, message, hint, place }: Problem, paint: Palette): string {
  const number = String(place.line);
  const margin = " ".repeat(number.length);
  // Tabs are kept, so that the mark stands under what it means.
  const before = place.excerpt.slice(0, place.column - 1).replaceAll(/[^\t]/g, " ");
  return [
    `${paint.bad("✗")} ${paint.bold(message)}  ${paint.dim(code)}`,
    `  ${paint.accent(`${place.file}:${place.line}:${place.column}`)}`,
    `  ${paint.dim(`${number} │`)} ${place.excerpt}`,
    `  ${paint.dim(`${margin} │`)} ${before}${paint.bad("^".repeat(place.length))}`,
    ...(hint === undefined ? [] : [fix(hint, paint)]),
    "",
  ].join("\n");
}

function fix(hint: string, paint: Palette): string {
  return `  ${paint.good("fix")} ${hint}`;
}

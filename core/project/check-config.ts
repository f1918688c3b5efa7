import type { z } from "zod";
import { issueProblems } from "./issue-problem.js";
import type { Problem } from "./problem.js";
import type { Path, ProjectText } from "./project-text.js";

export interface ConfigCheck {
  readonly text: ProjectText;
  readonly schema: z.ZodType;
  readonly at: Path;
  readonly value: unknown;
  /** Whether the text at a path came from a reference: it may then stand for a number or a boolean. */
  isReference(path: Path): boolean;
}

/** What a schema says of a value in the file: the value it takes, or its problems. */
export function checkConfig(check: ConfigCheck): { value: unknown; problems: Problem[] } {
  const { schema, at } = check;
  const first = schema.safeParse(check.value);
  if (first.success) return { value: check.value, problems: [] };
  const value = first.error.issues.reduce((value: unknown, issue) => {
    const path = issue.path as Path;
    if (issue.code !== "invalid_type" || !check.isReference([...at, ...path])) return value;
    return replacedAt(value, path, (text) => typed(String(text), issue.expected));
  }, check.value);
  const second = schema.safeParse(value);
  if (second.success) return { value, problems: [] };
  return { value, problems: second.error.issues.flatMap((issue) => issueProblems(issue, { ...check, value })) };
}

function typed(text: string, expected: string): unknown {
  if (expected === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  if ((expected === "number" || expected === "int") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

function replacedAt(value: unknown, path: Path, replace: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replace(value);
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replacedAt(item, rest, replace) : item));
  const record = value as Record<string, unknown>;
  return { ...record, [key]: replacedAt(record[key], rest, replace) };
}

import type { z } from "zod";
import { configJsonSchema } from "../../sdk/config/json-schema.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import { nearest } from "../schema/nearest.js";
import type { Problem } from "./problem.js";
import type { Path, ProjectText } from "./project-text.js";

export interface IssueContext {
  readonly text: ProjectText;
  /** The schema that found the issue, and where in the file what it judged stands. */
  readonly schema: z.ZodType;
  readonly at: Path;
  /** What it judged. */
  readonly value: unknown;
}

type Issue = z.core.$ZodIssue;

/** The problems a schema's issue stands for: one for each unknown key, else one. No value of the file is repeated but words of a choice. */
export function issueProblems(issue: Issue, context: IssueContext): Problem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const full = [...context.at, ...path];
  const { text } = context;
  const written = valueAt(context.value, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, path, context));
  }
  if (issue.code === "custom") {
    const { code, hint } = (issue.params ?? {}) as { code?: string; hint?: string };
    return [
      {
        code: code ?? "project.invalid_value",
        message: labelled(full, issue.message),
        hint,
        place: text.placeOf(full),
      },
    ];
  }
  const words = typeof written === "object" ? [] : wordsOf(issue);
  if (words.length > 0 && written !== undefined) {
    const near = nearest(String(written), words);
    const message = labelled(full, `'${String(written)}' is not one of ${words.join(", ")}`);
    const hint = near !== undefined ? `did you mean '${near}'?` : described(path, context.schema);
    return [problem("project.invalid_value", message, hint)];
  }
  if (written === undefined) {
    const message = `${whereIs(full.slice(0, -1))} has no '${String(full.at(-1))}'`;
    const place = text.placeOfKey(full.slice(0, -1));
    return [{ code: "project.missing_key", message, hint: described(path, context.schema), place }];
  }
  if (issue.code === "invalid_type") {
    const message = labelled(full, `expected ${shownType(issue.expected)}, found ${shownType(typeOf(written))}`);
    return [problem("project.invalid_type", message, described(path, context.schema))];
  }
  return [problem("project.invalid_value", labelled(full, lowerFirst(issue.message)), described(path, context.schema))];

  function problem(code: string, message: string, hint: string | undefined): Problem {
    return { code, message, hint, place: text.placeOf(full) };
  }
}

function unknownKey(key: string, path: Path, { text, schema, at }: IssueContext): Problem {
  const known = Object.keys(propertiesAt(schema, path));
  const near = nearest(key, known);
  return {
    code: "project.unknown_key",
    message: `unknown key '${key}' in ${whereIs([...at, ...path])}`,
    hint: near === undefined ? `its keys are ${known.join(", ")}` : `did you mean '${near}'?`,
    place: text.placeOfKey([...at, ...path, key]),
  };
}

/** The words that may stand there. */
function wordsOf(issue: Issue): string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code !== "invalid_union") return [];
  return issue.errors.flat().flatMap((one) => (one.path.length === 0 ? wordsOf(one) : []));
}

function labelled(path: Path, message: string): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

function whereIs(path: Path): string {
  return path.length === 0 ? "the file" : `'${path.join(".")}'`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined | null)?.[key], value);
}

function typeOf(value: unknown): string {
  if (value === null) return "nothing";
  return Array.isArray(value) ? "array" : typeof value;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  object: "keys with values",
  record: "keys with values",
  array: "a list",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

function shownType(type: string): string {
  return typeNames[type] ?? type;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** What the schema says of a key; of one that the user named, such as a column, what it says of those. */
function described(path: Path, schema: z.ZodType): string | undefined {
  if (path.length === 0) return undefined;
  const properties = propertiesAt(schema, path.slice(0, -1));
  const known = properties[String(path.at(-1))] as JsonObject | undefined;
  if (known === undefined && Object.keys(properties).length === 0) return described(path.slice(0, -1), schema);
  return typeof known?.description === "string" ? known.description : undefined;
}

/** The properties of the object that stands at a path, by the schema's own JSON Schema. */
function propertiesAt(schema: z.ZodType, path: Path): JsonObject {
  let at: readonly JsonObject[] = [configJsonSchema(schema)];
  for (const key of path) {
    at = at.flatMap(alternatives).flatMap((node) => {
      const properties = (node.properties ?? {}) as Record<string, Json>;
      const next = typeof key === "number" ? node.items : (properties[key] ?? node.additionalProperties);
      return next !== null && typeof next === "object" ? [next as JsonObject] : [];
    });
  }
  return Object.assign({}, ...at.flatMap(alternatives).map((node) => node.properties ?? {}));
}

function alternatives(node: JsonObject): JsonObject[] {
  const options = (node.anyOf ?? node.oneOf) as readonly JsonObject[] | undefined;
  return options === undefined ? [node] : options.flatMap(alternatives);
}

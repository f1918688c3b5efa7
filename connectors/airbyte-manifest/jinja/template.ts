import { ConfigError, SluiceError } from "../../../sdk/errors.js";
import { compileBody } from "./language/compile-template.js";
import { parseTemplate } from "./language/parse-template.js";
import { type Render, renderBody } from "./language/render.js";
import { rootScope } from "./language/scope.js";
import { undeclaredNames } from "./language/undeclared.js";
import { globalNames, globalOf } from "./library/globals.js";
import { library } from "./library/library.js";
import { type Limits, startRun } from "./run.js";
import { PythonError } from "./values/python-error.js";
import type { PyValue } from "./values/value.js";

/** The variables of a template by name, as `config`, `record`, `stream_slice`. */
export type Context = Readonly<Record<string, PyValue>>;

export interface RenderOptions {
  /** Milliseconds since 1970-01-01T00:00:00Z, what `now_utc()` sees. */
  readonly clock: () => number;
  readonly limits?: Limits;
}

/** A template made ready to render any number of times. */
export interface Template {
  readonly text: string;
  /** The names it takes from its context. */
  readonly names: readonly string[];
  readonly render: Render;
}

/** The longest template that is read, in characters. */
const maxLength = 1_000_000;

/**
 * Parses a template of Jinja 3.1 with the macros and filters of the low-code language.
 * Throws ConfigError `template.syntax` for what does not parse or names an unknown filter or test.
 */
export function compileTemplate(text: string): Template {
  if (text.length > maxLength) {
    throw new ConfigError("template.limit", `a template is longer than ${maxLength} characters`);
  }
  return guarded(text, () => {
    const body = parseTemplate(text);
    const names = [...undeclaredNames(body)].filter((name) => !globalNames.has(name));
    return { text, names, render: compileBody(body, false) };
  });
}

/**
 * The text that a template writes for a context. Throws ConfigError `template.undefined_variable` for a name that the
 * context lacks, `template.undefined` where an undefined value is used, `template.failed` for any other Python
 * exception, `template.limit` for a template that does too much.
 */
export function renderText(template: Template, context: Context, options: RenderOptions): string {
  return guarded(template.text, () => renderPython(template, context, options));
}

/** The same, leaving Python's exceptions as they are. */
export function renderPython(template: Template, context: Context, { clock, limits }: RenderOptions): string {
  const missing = template.names.filter((name) => !Object.hasOwn(context, name));
  if (missing.length > 0) {
    const names = missing.map((name) => `'${name}'`).join(", ");
    throw new ConfigError("template.undefined_variable", `the template ${excerpt(template.text)} uses ${names}`, {
      hint: `Only these are defined here: ${Object.keys(context).join(", ")}.`,
    });
  }
  const run = startRun(clock, library, limits);
  return renderBody(
    template.render,
    rootScope(run, context, (name) => globalOf(run, name)),
  );
}

const codes: Readonly<Record<string, string>> = {
  TemplateSyntaxError: "template.syntax",
  TemplateAssertionError: "template.syntax",
  UndefinedError: "template.undefined",
};

/** Runs it; a Python exception, or a template nested beyond the stack, becomes a ConfigError. */
export function guarded<T>(text: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    if (error instanceof PythonError) {
      const code = codes[error.type] ?? "template.failed";
      const message = `the template ${excerpt(text)} failed: ${error.type}: ${error.message}`;
      throw new ConfigError(code, message, { cause: error });
    }
    if (error instanceof RangeError) {
      throw new ConfigError("template.limit", `the template ${excerpt(text)} nests too deeply`, { cause: error });
    }
    throw error;
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return `"${line.length > 120 ? `${line.slice(0, 117)}…` : line}"`;
}

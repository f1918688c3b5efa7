import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Environment } from "./environment.js";
import type { Path } from "./project-text.js";

/** What references in a file stand for. */
export interface Interpolation {
  readonly env: Environment;
  /** `${file:…}` is relative to this folder. */
  readonly dir: string;
  /** Called for every text that held a reference, with the text it became. */
  onReference(path: Path, text: string): void;
  onProblem(problem: ReferenceProblem): void;
}

/** A reference that stands for nothing, and where in its text. */
export interface ReferenceProblem {
  readonly path: Path;
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * Plain data with every `${NAME}` and `${file:/path}` in its texts replaced; `$${` stands for `${`.
 * What a reference cannot be replaced by is told to `onProblem`, and all are.
 */
export function interpolate(value: unknown, rules: Interpolation, path: Path = []): unknown {
  if (typeof value === "string") return replaced(value, rules, path);
  if (Array.isArray(value)) return value.map((item, index) => interpolate(item, rules, [...path, index]));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolate(item, rules, [...path, key])]),
  );
}

function replaced(text: string, rules: Interpolation, path: Path): string {
  let references = 0;
  const result = text.replaceAll(
    /\$\$\{|\$\{([^}]*)(\}?)/g,
    (written, name: string | undefined, end, offset: number) => {
      if (name === undefined) return "${";
      references += 1;
      const problem = (message: string, hint: string) => {
        rules.onProblem({ path, offset, length: written.length, message, hint });
        return "";
      };
      if (end === "")
        return problem(`'\${' without its '}'`, `close it, or write $\${ for the two characters themselves`);
      if (name.startsWith("file:")) return fileText(name.slice(5), rules.dir, problem);
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        return problem(
          `${written} is not a reference`,
          `write \${NAME}, \${file:/path}, or $\${ for the two characters`,
        );
      }
      const variable = rules.env[name];
      if (variable !== undefined) return variable;
      return problem(`the environment variable ${name} is not set`, `set ${name}, or add it to .env beside the file`);
    },
  );
  if (references > 0) rules.onReference(path, result);
  return result;
}

function fileText(path: string, dir: string, problem: (message: string, hint: string) => string): string {
  try {
    return readFileSync(resolve(dir, path), "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    return problem(`the file ${path} ${reason}`, `relative paths start at ${dir}`);
  }
}

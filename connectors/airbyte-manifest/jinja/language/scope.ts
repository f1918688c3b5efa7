import type { Run } from "../run.js";
import type { PyValue } from "../values/value.js";

/** The variables of one place in a template while it is rendered: a template, a loop's turn, a macro's call. */
export interface Scope {
  readonly run: Run;
  /** True inside `{% autoescape true %}`. */
  readonly escapes: boolean;
  get(name: string): PyValue | undefined;
  set(name: string, value: PyValue): void;
}

/** Variables that are found here first, then in the parent; assignments stay here. */
export function childScope(parent: Scope, escapes = parent.escapes): Scope {
  const variables = new Map<string, PyValue>();
  return {
    run: parent.run,
    escapes,
    get: (name) => {
      const own = variables.get(name);
      return own === undefined ? parent.get(name) : own;
    },
    set: (name, value) => void variables.set(name, value),
  };
}

/** The scope of a template: its own assignments, then its context, then what every template knows. */
export function rootScope(
  run: Run,
  context: Readonly<Record<string, PyValue>>,
  globals: (name: string) => PyValue | undefined,
): Scope {
  const variables = new Map<string, PyValue>();
  return {
    run,
    escapes: false,
    get: (name) => {
      const own = variables.get(name);
      if (own !== undefined) return own;
      return Object.hasOwn(context, name) ? context[name] : globals(name);
    },
    set: (name, value) => void variables.set(name, value),
  };
}

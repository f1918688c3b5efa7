import { ConfigError } from "../../../sdk/errors.js";
import type { Keywords, PyValue } from "./values/value.js";

export type Filter = (run: Run, value: PyValue, args: readonly PyValue[], keywords: Keywords) => PyValue;
export type Test = (run: Run, value: PyValue, args: readonly PyValue[], keywords: Keywords) => boolean;

/** The filters and tests there are, by name. */
export interface Library {
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
}

/** How much one rendering of a template may do, whoever wrote it. */
export interface Limits {
  /** Steps: one for each expression evaluated and each item looked at. */
  readonly steps: number;
  /** Characters of all strings made while rendering, the output among them. */
  readonly characters: number;
  /** Macros and recursive loops inside one another. */
  readonly depth: number;
}

export const defaultLimits: Limits = { steps: 2_000_000, characters: 64 * 1024 * 1024, depth: 100 };

/** One rendering: the clock it sees and what it has used up. */
export interface Run {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly clock: () => number;
  readonly library: Library;
  /** Counts steps; throws ConfigError `template.limit` when there are none left. */
  step(count?: number): void;
  /** Counts characters of a string that is about to be made. */
  characters(count: number): void;
  /** Runs one level deeper. */
  deeper<T>(action: () => T): T;
}

export function startRun(clock: () => number, library: Library, limits: Limits = defaultLimits): Run {
  let steps = 0;
  let characters = 0;
  let depth = 0;
  return {
    clock,
    library,
    step(count = 1) {
      steps += count;
      if (!(steps <= limits.steps)) throw beyond("steps", limits.steps);
    },
    characters(count) {
      characters += count;
      if (!(characters <= limits.characters)) throw beyond("characters of text", limits.characters);
    },
    deeper(action) {
      if (depth >= limits.depth) throw beyond("levels of macros or loops", limits.depth);
      depth++;
      try {
        return action();
      } finally {
        depth--;
      }
    },
  };
}

function beyond(what: string, limit: number): ConfigError {
  return new ConfigError("template.limit", `a template used more than ${limit} ${what}`, {
    hint: "Simplify the template: it loops, repeats or nests more than a manifest has reason to.",
  });
}

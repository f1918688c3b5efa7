import { ConfigError } from "../../../../sdk/errors.js";
import { PythonError } from "./python-error.js";

/** The deepest nesting that is printed or compared. */
export const maxDepth = 200;
/** The most values that are printed or compared in one go: a list that holds itself many times over has endless ones. */
const maxVisited = 5_000_000;

/** A walk through a nested value: how deep it is, and how many values it has seen. */
export interface Trail {
  depth: number;
  visited: number;
}

/** One level deeper; what is deeper than Python goes itself, or never ends, is refused. */
export function deeper<T>(trail: Trail, size: number, action: () => T): T {
  trail.visited += size + 1;
  if (trail.visited > maxVisited) {
    throw new ConfigError("template.limit", `a template looked at a value of more than ${maxVisited} parts`);
  }
  if (trail.depth >= maxDepth) {
    throw new PythonError("ValueError", "a value nested too deeply, or inside itself");
  }
  trail.depth++;
  try {
    return action();
  } finally {
    trail.depth--;
  }
}

import { ConfigError } from "../../sdk/errors.js";

/** One thing wrong with a project file, and where it stands. Lines and columns count from 1. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly place: Place;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters of the line are meant. */
  readonly length: number;
  /** The text of the line. */
  readonly excerpt: string;
}

/** Everything wrong with a project file: found in one go, before anything is touched. */
export class ProjectError extends ConfigError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const [first] = problems;
    const only = problems.length === 1 ? first : undefined;
    super(only?.code ?? "project.invalid", problems.map(sentence).join("\n"), only?.hint ? { hint: only.hint } : {});
    this.problems = problems;
  }
}

function sentence({ message, place }: Problem): string {
  return `${place.file}:${place.line}:${place.column}: ${message}`;
}

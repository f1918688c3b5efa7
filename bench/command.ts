/** A program to run: no shell unless it is named. */
export interface Command {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A line for the shell, e.g. a pipe of two programs; fails when any of them does. */
export function shell(line: string): Command {
  return { argv: ["bash", "-c", `set -o pipefail; ${line}`] };
}

/** A word as the shell takes it literally. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

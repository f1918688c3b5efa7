import type { Cli } from "./cli.js";

/** Asks before something that cannot be undone; only on a terminal, where there is somebody to ask. */
export async function confirmed(cli: Cli, question: string, yes: boolean): Promise<boolean> {
  if (yes || cli.options.json || !process.stdin.isTTY || !cli.stderr.isTTY) return true;
  const { confirm } = await import("@clack/prompts");
  const answer = await confirm({ message: question, initialValue: false, output: cli.stderr });
  return answer === true;
}

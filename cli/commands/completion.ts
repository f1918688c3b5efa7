import type { Command } from "commander";
import type { Cli } from "../cli.js";
import { completionScript, shells } from "../completion-script.js";
import { printDocument } from "../output/print.js";
import { UsageError } from "../usage-error.js";

export interface CompletionInput {
  readonly shell: string;
  readonly program: Command;
}

/** `sluice completion`: a script for the shell, made from the command line itself. */
export async function completion(cli: Cli, { shell, program }: CompletionInput): Promise<number> {
  const known = shells.find((name) => name === shell);
  if (known === undefined) {
    throw new UsageError("usage.unknown_shell", `there is no completion for '${shell}'`, {
      hint: `there is ${shells.join(", ")}`,
    });
  }
  const script = completionScript(known, program);
  if (cli.options.json) printDocument(cli, { shell: known, script });
  else cli.stdout.write(script);
  return 0;
}

import { type Command, CommanderError } from "commander";
import { UsageError } from "./usage-error.js";

/**
 * Runs the command line; returns its exit code where no command ran.
 * @throws UsageError for one that is wrong, and whatever the command throws
 */
export async function parseCommandLine(program: Command, words: readonly string[]): Promise<number | undefined> {
  try {
    await program.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // A command group alone: its help was printed.
    if (error.code === "commander.help") return 2;
    const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
    const near = suggestion?.match(/^\((.*)\)$/)?.[1];
    throw new UsageError(
      error.code.replace("commander.", "usage.").replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      message,
      {
        hint: near === undefined ? "`sluice --help` and `sluice COMMAND --help` list what there is" : lowerFirst(near),
      },
    );
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

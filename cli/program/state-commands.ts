import type { CommandHome } from "./command-home.js";

/** `sluice state`: the committed state. */
export function addStateCommands({ program, shared, done }: CommandHome): void {
  const command = (syntax: string, description: string) => program.command(syntax).description(description);

  const state = command("state", "Show and change the committed state");
  const stateCommand = (syntax: string, description: string) =>
    state.command(syntax).description(description).option("-s, --stream <name>", "The stream");
  stateCommand("show [connection...]", "The state of each stream, and the loads that led to it").action(
    async (connections: string[], options) =>
      done(await (await import("../commands/state.js")).showState(shared(), { connections, ...options })),
  );
  stateCommand("diff <connection>", "What differs between two loads' states, or an earlier load's and today's")
    .option("--from <load>", "Load id (default: the one before the last)")
    .option("--to <load>", "Load id (default: the state as it is)")
    .action(async (connection: string, options) =>
      done(await (await import("../commands/state-diff.js")).diffStates(shared(), { connection, ...options })),
    );
  stateCommand("set <connection> <json>", "Put a stream's source state, as `show --json` prints it")
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, json: string, options) =>
      done(await (await import("../commands/state.js")).setState(shared(), { connection, json, ...options })),
    );
  stateCommand("rewind <connection>", "Go back to the state after an earlier load")
    .requiredOption("--load <id>", "Load id, from `show`")
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, options) =>
      done(await (await import("../commands/state.js")).rewindState(shared(), { connection, ...options })),
    );
  stateCommand("reset <connection>", "Forget the state: the next sync reads from the beginning")
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, options) =>
      done(await (await import("../commands/state.js")).resetState(shared(), { connection, ...options })),
    );
  stateCommand("export [connection...]", "Print states as one JSON document").action(
    async (connections: string[], options) =>
      done(await (await import("../commands/state-file.js")).exportState(shared(), { connections, ...options })),
  );
  stateCommand("import <file>", "Put back what `export` printed (- reads stdin)")
    .option("-y, --yes", "Do not ask", false)
    .action(async (file: string, options) =>
      done(await (await import("../commands/state-file.js")).importState(shared(), { file, ...options })),
    );
}

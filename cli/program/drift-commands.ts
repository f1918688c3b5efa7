import { collect } from "../command-options.js";
import type { CommandHome } from "./command-home.js";

/** Changes at the source, and what is done about them. */
export function addDriftCommands({ program, shared, done }: CommandHome): void {
  const drift = program
    .command("drift")
    .description("Changes at the source: those that wait, and what was decided about earlier ones")
    .argument("[connection...]")
    .option("--history <decisions>", "How many earlier decisions to show", Number, 20)
    .action(async (connections: string[], options) =>
      done(await (await import("../commands/drift.js")).showDrift(shared(), { connections, ...options })),
    );
  drift
    .command("accept <connection>")
    .description("Agree to what has changed: the next sync takes it over")
    .option("-s, --stream <name>", "The stream")
    .option("--rename <old=new>", "These two are one column, and nothing else is agreed to; repeatable", collect, [])
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, options) =>
      done(await (await import("../commands/drift-accept.js")).acceptDrift(shared(), { connection, ...options })),
    );
}

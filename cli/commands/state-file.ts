import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { Json } from "../../sdk/json.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { confirmed } from "../confirm.js";
import { withStates } from "../connection-states.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { counted } from "../output/quantities.js";
import { rememberChange } from "../remember-change.js";
import { UsageError } from "../usage-error.js";

const stateFile = z.strictObject({
  version: z.literal(1),
  states: z.array(z.strictObject({ connection: z.string(), stream: z.string(), state: z.json() })),
});

/** `sluice state export`: the states, whole, as a document that `import` takes. */
export async function exportState(
  cli: Cli,
  { connections, stream }: { readonly connections: readonly string[]; readonly stream?: string },
): Promise<number> {
  const project = await openProject(cli);
  const states: z.output<typeof stateFile>["states"] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: [] })) {
    await withStates(cli, project, connection, async (found) => {
      for (const row of found.states) {
        if (row.state === undefined || (stream !== undefined && row.stream !== stream)) continue;
        states.push({
          connection: row.connection,
          stream: row.stream,
          state: row.state as z.output<ReturnType<typeof z.json>>,
        });
      }
    });
  }
  cli.stdout.write(`${JSON.stringify({ version: 1, states }, undefined, 2)}\n`);
  return 0;
}

/** `sluice state import`: puts exported states back. */
export async function importState(
  cli: Cli,
  { file, stream, yes }: { readonly file: string; readonly stream?: string; readonly yes: boolean },
): Promise<number> {
  const wanted = readStates(cli, file).filter((one) => stream === undefined || one.stream === stream);
  const project = await openProject(cli);
  const names = [...new Set(wanted.map((one) => one.connection))];
  const chosen = names.length === 0 ? [] : chooseConnections(project, { names, streams: [] });
  if (!(await confirmed(cli, `${counted(wanted.length, "state")} will be replaced. Go on?`, yes))) return 5;
  for (const connection of chosen) {
    await withStates(cli, project, connection, async ({ destination, schema, states }) => {
      for (const one of wanted.filter((state) => state.connection === connection.name)) {
        const { connection: owner, stream: id, state } = one;
        await destination.putState({ schema, connection: owner, stream: id }, state as Json);
        const before = states.find((row) => row.stream === id)?.state;
        await rememberChange(cli, project, {
          ...{ action: "import", row: { connection: owner, stream: id, state: before }, after: state as Json },
        });
      }
    });
  }
  printDocument(cli, { imported: wanted.map(({ connection, stream: id }) => ({ connection, stream: id })) });
  print(cli, `${cli.paint.good("✓")} ${counted(wanted.length, "state")} put back`);
  return 0;
}

function readStates(cli: Cli, file: string): z.output<typeof stateFile>["states"] {
  try {
    const text = readFileSync(file === "-" ? 0 : resolve(cli.cwd, file), "utf8");
    return stateFile.parse(JSON.parse(text)).states;
  } catch (cause) {
    throw new UsageError("usage.state_file", `${file} is no file of states that can be read`, {
      hint: "import takes what `sluice state export` printed",
      cause,
    });
  }
}

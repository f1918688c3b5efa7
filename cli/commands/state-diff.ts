import type { LoadRow, StateRow } from "../../sdk/destination.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { stateOf, withStates } from "../connection-states.js";
import { openProject } from "../open-project.js";
import { differences } from "../output/differences.js";
import { print, printDocument } from "../output/print.js";
import { renderTable } from "../output/table.js";
import { UsageError } from "../usage-error.js";

export interface StateDiffInput {
  readonly connection: string;
  readonly stream?: string;
  /** A load's id; default: the load before the last. */
  readonly from?: string;
  /** A load's id; default: the committed state as it is. */
  readonly to?: string;
}

/** `sluice state diff`: what differs between the states that two loads reached, or between a load's and today's. */
export async function diffStates(cli: Cli, { connection: name, stream, from, to }: StateDiffInput): Promise<number> {
  const project = await openProject(cli);
  const [connection] = chooseConnections(project, { names: [name], streams: [] });
  return withStates(cli, project, connection!, async (states) => {
    const row = stateOf(states, stream);
    const loads = states.loads.filter((load) => load.stream === row.stream);
    const before = from === undefined ? loads.find(({ loadId }) => loadId !== row.loadId) : loadOf(loads, from, row);
    const after = to === undefined ? row.state : loadOf(loads, to, row).stateAfter;
    const changes = differences(before?.stateAfter ?? null, after ?? null);
    printDocument(cli, {
      ...{ connection: name, stream: row.stream },
      ...{ from: before?.loadId ?? null, to: to === undefined ? null : Number(to), changes },
    });
    const titles = ["path", "before", "after"].map((title) => ({ title }));
    const rows = changes.map((one) => [one.path, JSON.stringify(one.before) ?? "", JSON.stringify(one.after) ?? ""]);
    print(cli, changes.length === 0 ? cli.paint.dim("  no difference") : renderTable(titles, rows, cli.paint));
    return 0;
  });
}

/** @throws UsageError */
function loadOf(loads: readonly LoadRow[], id: string, { stream }: StateRow): LoadRow {
  const found = loads.find(({ loadId }) => String(loadId) === id);
  if (found !== undefined) return found;
  throw new UsageError("usage.unknown_load", `'${stream}' has no load ${id}`, {
    hint: `its latest loads are ${loads
      .slice(0, 10)
      .map(({ loadId }) => loadId)
      .join(", ")}`,
  });
}

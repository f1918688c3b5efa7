import { placeOfError } from "../../core/project/place-of-error.js";
import type { ReplayPlan, ToldRows } from "../../core/replay/replay-plan.js";
import { replayStream } from "../../core/replay/replay-stream.js";
import type { Unsendable } from "../../core/replay/standing.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { remark } from "../output/print.js";
import { formatCount } from "../output/quantities.js";
import { runAndReport } from "../run-and-report.js";
import { requireQuarantined } from "./quarantine.js";

export interface ReplayInput {
  readonly connection: string;
  readonly ids: readonly string[];
  readonly stream?: string;
  readonly rule?: string;
  readonly maxMemory?: number;
}

/** `sluice quarantine replay`: sends rejected rows again through today's transforms and rules. */
export async function replay(cli: Cli, { connection, ids, stream, rule, maxMemory }: ReplayInput): Promise<number> {
  const project = await openProject(cli);
  const streams = stream === undefined ? [] : [stream];
  if (ids.length > 0) {
    await requireQuarantined(cli, { connection, ...(stream === undefined ? {} : { stream }) }, ids);
  }
  return runAndReport(cli, {
    projectDir: project.dir,
    history: project.store,
    maxMemory,
    placeOf: (name, error) => placeOfError(project.text, name, error),
    connections: chooseConnections(project, { names: [connection], streams }),
    kind: "replay",
    work: (job) =>
      replayStream(job, {
        choice: { ...(ids.length > 0 && { ids }), ...(rule !== undefined && { rule }) },
        onPlan: (id, plan) => tellPlan(cli, id, plan),
        onGone: (id, quarantineId) =>
          remark(cli, `${id}: ${quarantineId} stays in quarantine: the source does not give it`),
        onUnfit: (id, quarantineId, why) => remark(cli, `${id}: ${quarantineId} stays in quarantine: ${why}`),
      }),
  });
}

const reasons: Readonly<Record<Unsendable, string>> = {
  superseded: "were rejected before the table was rebuilt, which read them again",
  mask_changed: "are masked in another way than today, and the source cannot be asked for them by a key",
};

function tellPlan(cli: Cli, stream: string, { left, reread }: ReplayPlan): void {
  if (reread !== undefined) {
    const what = "rows are masked in another way than today, and read again from the source";
    remark(cli, `${stream}: ${formatCount(reread.rows)} ${what} (${idsOf(reread)})`);
  }
  for (const [why, told] of left) {
    const what = `rows stay in quarantine; they ${reasons[why]}`;
    remark(cli, `${stream}: ${formatCount(told.rows)} ${what} (${idsOf(told)})`);
  }
}

function idsOf({ rows, ids }: ToldRows): string {
  return `${ids.join(", ")}${rows > ids.length ? ", …" : ""}`;
}

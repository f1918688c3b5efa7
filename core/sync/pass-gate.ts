import type { OpenDestination, Staged, Writer } from "../../sdk/destination.js";
import { judgeLoad, refuseFailed } from "../quality/judge-load.js";
import type { LoadRule } from "../quality/load-rule.js";
import { asideRun } from "./aside.js";
import type { StreamPlan } from "./select-streams.js";
import type { Shape } from "./shape.js";
import type { StreamRun } from "./stream-run.js";

export interface Gate {
  readonly plan: StreamPlan;
  readonly run: StreamRun;
  readonly writer: Writer;
  readonly destination: Pick<OpenDestination, "loads">;
  readonly shape: Shape;
  readonly staged: Staged;
}

/** As many earlier loads as may make up the runs that a volume is compared with. */
const loadsLookedAt = 1000;

/**
 * Judges a staged load by the stream's load rules, before anyone can see it.
 * @throws DataError `quality.gate` where a rule fails the load
 */
export async function passGate({ plan, run, writer, destination, shape, staged }: Gate): Promise<void> {
  const rules = (plan.options.quality?.loads ?? []).filter(({ test }) => run.aside === undefined || isOfTable(test));
  if (rules.length === 0) return;
  const { id: stream, schema } = plan;
  const verdicts = await judgeLoad({
    stream,
    rules,
    writer,
    staged,
    schema,
    targetName: (column) => shape.columns.find(({ source }) => source === column)!.target,
    async history() {
      const loads = await destination.loads(schema, loadsLookedAt);
      return loads.filter(
        (load) => load.connection === run.connection && load.stream === stream && !asideRun(load.runId),
      );
    },
    now: new Date(),
  });
  // Told even where the load is dropped: that is why it is.
  for (const { rule, failed } of verdicts) {
    run.tally.rules.set(rule.name, (run.tally.rules.get(rule.name) ?? 0) + failed);
  }
  refuseFailed(stream, verdicts);
}

/** Whether a rule is about the table rather than about what a stream's reading brings each time. */
function isOfTable({ type }: LoadRule["test"]): boolean {
  return type === "unique" || type === "relationship";
}

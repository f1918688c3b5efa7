import type { Batch } from "../../sdk/batch/batch.js";
import type { OpenDestination, Writer } from "../../sdk/destination.js";
import { judgeLoad, refuseFailed } from "../quality/judge-load.js";
import { loadColumns } from "../quality/load-columns.js";
import type { LoadRule } from "../quality/load-rule.js";
import { asideRun } from "./aside.js";
import type { PreparedStream } from "./prepare-stream.js";
import type { Shape } from "./shape.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";

/** What judges the loads of a stream by its load rules, before anyone can see them. */
export interface Gate {
  /** Whether it must be shown the rows themselves. */
  readonly watches: boolean;
  /** Whether it was shown rows that it has not judged yet. */
  readonly holds: boolean;
  /** Shows it rows of the load, as they leave the row rules; the batch stays the caller's. */
  show(batch: Batch): Promise<void>;
  /**
   * Judges the load that is staged. `rowsOfRun`: see `LoadToJudge`.
   * @throws DataError `quality.gate` where a rule fails it
   */
  pass(load: { readonly shape: Shape; readonly rowsOfRun: number | undefined }): Promise<void>;
  close(): Promise<void>;
}

interface GateOptions {
  readonly plan: StreamPlan;
  readonly run: StreamRun;
  readonly writer: Writer;
  readonly destination: Pick<OpenDestination, "loads">;
  readonly prepared: PreparedStream;
}

/** As many earlier loads as may make up the runs that a volume is compared with. */
const loadsLookedAt = 1000;

export function openGate({ plan, run, writer, destination, prepared }: GateOptions): Gate {
  const rules = (plan.options.quality?.loads ?? []).filter(({ test }) => run.aside === undefined || isOfTable(test));
  const { id: stream, schema } = plan;
  const asked = new Map(rules.flatMap((rule) => loadExpressionOf(prepared, rule)));
  const columns = [...asked.values()].flatMap((expression) => expression.columns);
  const kept = loadColumns({
    columns: columns.filter(({ name }, i) => columns.findIndex((one) => one.name === name) === i),
    dir: run.workDir,
  });

  let holds = false;

  async function ask(rule: LoadRule): Promise<{ holds: boolean; found: string }> {
    const { sql, parts } = asked.get(rule)!;
    const [answer, ...values] = await kept.ask([sql, ...parts]);
    return { holds: answer !== "false", found: parts.map((part, i) => `${part} is ${values[i] ?? "null"}`).join(", ") };
  }

  return {
    watches: asked.size > 0,
    get holds() {
      return holds;
    },
    show: async (batch) => {
      if (asked.size === 0) return;
      holds = true;
      await kept.add(batch);
    },
    async pass({ shape, rowsOfRun }) {
      if (rules.length === 0) return;
      const verdicts = await judgeLoad({
        stream,
        rules,
        writer,
        rowsOfRun,
        schema,
        targetName: (column) => shape.columns.find(({ source }) => source === column)!.target,
        ask,
        async history() {
          const loads = await destination.loads(schema, loadsLookedAt);
          return loads.filter(
            ({ connection, stream: loaded, runId }) =>
              connection === run.connection && loaded === stream && runId !== run.id && !asideRun(runId),
          );
        },
        now: new Date(),
      });
      // Told even where the load is dropped: that is why it is.
      for (const { rule, failed } of verdicts) {
        run.tally.rules.set(rule.name, (run.tally.rules.get(rule.name) ?? 0) + failed);
      }
      refuseFailed(stream, verdicts);
      await kept.clear();
      holds = false;
    },
    close: () => kept.close(),
  };
}

function loadExpressionOf({ expressions }: PreparedStream, rule: LoadRule) {
  const found = expressions.get(rule);
  return found === undefined ? [] : [[rule, found] as const];
}

/** Whether a rule is about the table rather than about what a stream's reading brings each time. */
function isOfTable({ type }: LoadRule["test"]): boolean {
  return type === "unique" || type === "relationship";
}

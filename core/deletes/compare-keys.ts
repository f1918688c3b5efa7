import { ConfigError } from "../../sdk/errors.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import type { StreamTask } from "../sync/stream-work.js";
import type { Side } from "../verify/compare.js";
import { openSides } from "../verify/open-sides.js";
import { prepareComparison } from "../verify/prepare-comparison.js";

/**
 * The keys of a stream at both ends, for as long as `use` takes. Every row that the source has counts, whatever a filter or a
 * rule makes of it today: one that is kept out is not gone.
 */
export async function withKeySides<Result>(
  task: StreamTask,
  use: (source: Side, target: Side) => Promise<Result>,
): Promise<Result> {
  const { plan, run } = task;
  const facts = { connection: run.connection, plan: keysOf(plan), ends: task, signal: run.signal };
  const comparable = await prepareComparison(facts);
  if (comparable === undefined || comparable.compared.key.length !== plan.primaryKey.length) {
    throw new ConfigError("deletes.no_key", `stream '${plan.id}': its key is not among the columns of its table`, {
      stream: plan.id,
      hint: "rebuild the table with `sluice sync --full-refresh`",
    });
  }
  const { compared } = comparable;
  const sides = await openSides({ ...comparable, compared: { ...compared, columns: compared.key, cursor: undefined } });
  try {
    return await use(sides.source, sides.target);
  } finally {
    await sides.close();
  }
}

/** The plan that brings nothing but the key, of every row. */
function keysOf(plan: StreamPlan): StreamPlan {
  const { rename = {}, cast = {}, mask = {} } = plan.rows.transforms;
  const outputs = new Set(plan.primaryKey.map((name) => rename[name] ?? name));
  const own = <Option>(options: Readonly<Record<string, Option>>, names: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => names.has(name)));
  const transforms = {
    rename: own(rename, new Set(plan.primaryKey)),
    cast: own(cast, outputs),
    mask: own(mask, outputs),
  };
  const { quality: _, nested: __, ...options } = plan.options;
  return { ...plan, columns: plan.primaryKey, pushed: [], rows: { transforms, rules: [] }, options };
}

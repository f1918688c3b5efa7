import type { RunPlan } from "../../core/sync/plan.js";
import type { RunReport } from "../../core/sync/report.js";
import type { run } from "../../core/sync/run.js";
import type { destinations } from "../../destinations/index.js";

const program = new URL("../../program/", import.meta.url);

/**
 * Runs a plan within this process, as the bundled program runs it, whose threads load in a third of the time.
 * @param sources URL of the registry of sources, where it is not the program's
 */
export async function runPlan(
  plan: Omit<RunPlan, "registries">,
  sources = new URL("connectors/index.js", program),
): Promise<RunReport> {
  const engine: { run: typeof run } = await import(new URL("core/sync/run.js", program).href);
  const builtIn: { destinations: typeof destinations } = await import(new URL("destinations/index.js", program).href);
  const registries = { sources, destinations: builtIn.destinations };
  return await engine.run({ ...plan, registries }, { signal: new AbortController().signal, onEvent: () => undefined });
}

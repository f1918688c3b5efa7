import type { Outcome } from "./run-scenario.js";
import { type Goal, memoryLimit, type Scenario } from "./scenario.js";

/** A scenario's result, as it stands in the JSON file. */
export interface Summary {
  readonly name: string;
  readonly title: string;
  readonly goal: Goal;
  readonly contenders: readonly ContenderSummary[];
  /** Whether Sluice reached the goal, with memory below the limit and every row and value right. */
  readonly reached: boolean;
}

export interface ContenderSummary {
  readonly name: string;
  readonly version: string;
  readonly seconds: readonly number[];
  readonly median: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** The floor's time divided by this one's, round by round: the median. A busy machine slows both. */
  readonly ratio: number | undefined;
  readonly peak_rss_largest: number | undefined;
  readonly peak_rss_tree: number | undefined;
  readonly differences: readonly string[] | undefined;
  readonly error: string | undefined;
}

export function summarize(scenario: Scenario, outcomes: readonly Outcome[]): Summary {
  const floor = seconds(outcomes[0]!);
  const contenders = outcomes.map((outcome): ContenderSummary => {
    const times = seconds(outcome);
    const middle = median(times);
    return {
      name: outcome.contender.name,
      version: outcome.contender.version,
      seconds: times,
      median: middle,
      min: times.length === 0 ? undefined : Math.min(...times),
      max: times.length === 0 ? undefined : Math.max(...times),
      ratio: median(times.flatMap((time, round) => (floor[round] === undefined ? [] : [floor[round] / time]))),
      peak_rss_largest: highest(outcome.runs.map(({ memory }) => memory.largest)),
      peak_rss_tree: highest(outcome.runs.map(({ memory }) => memory.tree)),
      differences: outcome.differences,
      error: outcome.error,
    };
  });
  const { name, title, goal } = scenario;
  return {
    name,
    title,
    goal,
    contenders,
    reached: isReached(
      goal,
      contenders.find((each) => each.name === "sluice"),
    ),
  };
}

function isReached(goal: Goal, sluice: ContenderSummary | undefined): boolean {
  if (sluice?.median === undefined || sluice.error !== undefined || sluice.differences?.length !== 0) return false;
  if ((sluice.peak_rss_largest ?? 0) > memoryLimit) return false;
  if (goal.kind === "ratio") return (sluice.ratio ?? 0) >= goal.atLeast;
  return goal.kind === "memory" || sluice.median <= goal.atMost;
}

function seconds({ runs }: Outcome): number[] {
  return runs.map((run) => Math.round(run.seconds * 1000) / 1000);
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : mean(sorted[middle - 1], sorted[middle]);
}

function mean(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : (a + b) / 2;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

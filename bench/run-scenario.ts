import { differences, type Fingerprint, fingerprint } from "./fingerprint.js";
import { type Measurement, measure } from "./measure.js";
import type { Contender, Scenario } from "./scenario.js";

/** What one contender did in all rounds. */
export interface Outcome {
  readonly contender: Contender;
  readonly runs: readonly Measurement[];
  /** What differs between source and target: column names, or the count of rows; empty where they agree. */
  readonly differences: readonly string[] | undefined;
  /** Why it could not go on. */
  readonly error: string | undefined;
}

interface Attempt {
  readonly contender: Contender;
  readonly runs: Measurement[];
  differences?: readonly string[];
  error?: string;
}

/** Runs every contender once a round, each round beginning with another one, and compares the rows after the last. */
export async function runScenario(scenario: Scenario, rounds: number): Promise<Outcome[]> {
  const attempts: Attempt[] = scenario.contenders.map((contender) => ({ contender, runs: [] }));
  for (const attempt of attempts) await guarded(attempt, async () => await attempt.contender.setUp?.());
  await warmUp(scenario);
  let expected: Fingerprint | undefined;
  for (let round = 1; round <= rounds; round++) {
    scenario.beforeRound?.();
    for (let i = 0; i < attempts.length; i++) {
      const attempt = attempts[(i + round - 1) % attempts.length]!;
      const { contender } = attempt;
      await guarded(attempt, async () => {
        contender.prepare?.();
        process.stderr.write(`  ${contender.name.padEnd(10)}`);
        const run = await measure(contender.command());
        attempt.runs.push(run);
        console.error(`${run.seconds.toFixed(2)} s`);
        if (round < rounds || scenario.expected === undefined || contender.target === undefined) return;
        const { place, columns } = scenario.expected;
        expected ??= await fingerprint(place, columns);
        attempt.differences = differences(expected, await fingerprint(contender.target, columns));
      });
    }
  }
  return attempts.map(({ contender, runs, differences, error }) => ({ contender, runs, differences, error }));
}

/** A contender that fails is out, and says why; the others go on. */
async function guarded(attempt: Attempt, work: () => Promise<void>): Promise<void> {
  if (attempt.error !== undefined) return;
  try {
    await work();
  } catch (error) {
    attempt.error = error instanceof Error ? error.message : String(error);
    console.error(`failed: ${attempt.error}`);
  }
}

/** Brings what is read into the page cache, so that the first contender has no disadvantage. */
async function warmUp(scenario: Scenario): Promise<void> {
  const first = scenario.contenders[0]!;
  if (scenario.beforeRound !== undefined) return;
  first.prepare?.();
  await measure(first.command());
}

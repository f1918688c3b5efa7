import type { LoadRow, Writer } from "../../sdk/destination.js";
import { ConfigError, DataError } from "../../sdk/errors.js";
import type { JsonObject } from "../../sdk/json.js";
import type { CheckResult, TableCheck } from "../../sdk/table-check.js";
import { ofStream } from "../transform/of-stream.js";
import type { ExpressionTest, LoadRule, LoadTest, VolumeTest } from "./load-rule.js";
import { judgeVolume, rowsByRun } from "./volume.js";

export interface LoadToJudge {
  readonly stream: string;
  readonly rules: readonly LoadRule[];
  readonly writer: Pick<Writer, "audit">;
  /** Rows that the run has written with this load and those before it; undefined while more will come. */
  readonly rowsOfRun: number | undefined;
  /** The target's name of a column. */
  targetName(column: string): string;
  readonly schema: string | undefined;
  /** What an expression comes to over the load's rows, and what was found, in words. */
  ask(rule: LoadRule): Promise<{ readonly holds: boolean; readonly found: string }>;
  /** Loads of earlier runs of the stream, the newest first. */
  history(): Promise<readonly LoadRow[]>;
  readonly now: Date;
}

/** What a rule found of a load. */
export interface LoadVerdict {
  readonly rule: LoadRule;
  readonly failed: number;
  /** What was found, in words. */
  readonly found: string;
  /** At most three rows; columns that are masked are masked in them. */
  readonly examples: readonly JsonObject[];
}

/** Judges a staged load by its rules: each that does not hold, or held only for want of history, has a verdict. */
export async function judgeLoad(load: LoadToJudge): Promise<LoadVerdict[]> {
  const { rules } = load;
  const checks = rules.flatMap((rule) => (isAudited(rule.test) ? [{ rule, test: rule.test }] : []));
  const results = await audited(
    checks.map(({ test }) => checkOf(test, load)),
    load,
  );
  const verdicts = checks.map(({ rule, test }, i) => verdictOf(rule, test, results[i]!));
  for (const rule of rules) {
    if (rule.test.type !== "expression") continue;
    const { holds, found } = await load.ask(rule);
    verdicts.push({ rule, failed: holds ? 0 : 1, found: `it does not hold: ${found}`, examples: [] });
  }
  const volumes = rules.filter((rule) => rule.test.type === "volume_anomaly");
  if (volumes.length > 0 && load.rowsOfRun !== undefined) {
    const history = rowsByRun(await load.history());
    for (const rule of volumes) verdicts.push(volumeVerdict(rule, rule.test as VolumeTest, load.rowsOfRun, history));
  }
  return verdicts;
}

/** @throws ConfigError naming the stream, for a check that the destination cannot make */
async function audited(
  checks: readonly TableCheck[],
  { writer, stream }: LoadToJudge,
): Promise<readonly CheckResult[]> {
  if (checks.length === 0) return [];
  try {
    return await writer.audit(checks);
  } catch (error) {
    throw error instanceof ConfigError ? ofStream(error, stream) : error;
  }
}

/** What the destination is asked. */
type AuditedTest = Exclude<LoadTest, VolumeTest | ExpressionTest>;

function isAudited(test: LoadTest): test is AuditedTest {
  return test.type !== "volume_anomaly" && test.type !== "expression";
}

/** @throws DataError `quality.gate` naming every rule that fails the load, its count and example rows */
export function refuseFailed(stream: string, verdicts: readonly LoadVerdict[]): void {
  const failed = verdicts.filter(({ rule, failed }) => rule.onFail === "fail" && failed > 0);
  if (failed.length === 0) return;
  const lines = failed.map(({ rule, found, examples }) => {
    const rows = examples.map((row) => JSON.stringify(row)).join(" ");
    return `${rule.name}: ${found}${rows === "" ? "" : `, e.g. ${rows}`}`;
  });
  throw new DataError("quality.gate", `stream '${stream}' does not pass its quality rules\n${lines.join("\n")}`, {
    stream,
    hint: "nothing of this load was published: correct the data or the rule, or set `on_fail: warn`",
  });
}

function checkOf(test: AuditedTest, { targetName, schema, now }: LoadToJudge): TableCheck {
  switch (test.type) {
    case "unique":
      return { type: "unique", columns: test.columns.map(targetName) };
    case "row_count":
      return test;
    case "freshness":
      return { ...test, column: targetName(test.column), now };
    case "relationship":
      return { ...test, column: targetName(test.column), schema: test.schema ?? schema };
  }
}

function verdictOf(rule: LoadRule, test: AuditedTest, result: CheckResult): LoadVerdict {
  const { failed, examples, value } = result;
  return { rule, failed, found: wordsFor(test, failed, value), examples };
}

function wordsFor(test: AuditedTest, failed: number, value: CheckResult["value"]): string {
  switch (test.type) {
    case "unique":
      return `${failed} rows are not alone with their values`;
    case "row_count":
      return `the load has ${value} rows, and should have ${boundsOf(test)}`;
    case "freshness": {
      const span = spanOf(test.maxAgeMs);
      return value === null
        ? `no row has a value that is at most ${span} old`
        : `the newest value is ${value}, and may be at most ${span} old`;
    }
    case "relationship":
      return `${failed} ${failed === 1 ? "row has" : "rows have"} a value that ${test.table}.${test.references} lacks`;
  }
}

function boundsOf({ min, max }: LoadTest & { type: "row_count" }): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `${min} to ${max}`;
}

const spans = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** In the largest unit that it is a whole number of, as the project file would have it. */
function spanOf(ms: number): string {
  const [unit, size] = spans.find(([, one]) => ms % one === 0)!;
  return `${ms / size}${unit}`;
}

function volumeVerdict(rule: LoadRule, test: VolumeTest, rows: number, history: readonly number[]): LoadVerdict {
  const { fails, basis } = judgeVolume(test, rows, history);
  return { rule, failed: fails ? 1 : 0, found: basis, examples: [] };
}

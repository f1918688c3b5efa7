import { describe, expect, test } from "vitest";
import { judgeLoad, type LoadToJudge, refuseFailed } from "../../../core/quality/judge-load.js";
import type { LoadRule, LoadTest } from "../../../core/quality/load-rule.js";
import type { LoadRow } from "../../../sdk/destination.js";
import { ConfigError, errorRecord } from "../../../sdk/errors.js";
import type { CheckResult, TableCheck } from "../../../sdk/table-check.js";

const now = new Date("2026-06-01T00:00:00Z");

function rule(name: string, test: LoadTest, onFail: LoadRule["onFail"] = "fail"): LoadRule {
  return { name, test, onFail, option: ["quality", 0] };
}

function loadWith(
  rules: readonly LoadRule[],
  results: readonly CheckResult[] = [],
): LoadToJudge & { asked: TableCheck[] } {
  const asked: TableCheck[] = [];
  return {
    asked,
    stream: "shop.orders",
    rules,
    writer: {
      async audit(checks) {
        asked.push(...checks);
        return results;
      },
    },
    rowsOfRun: 10,
    targetName: (column) => column.toLowerCase(),
    schema: "shop",
    ask: async ({ name }) => ({ holds: name !== "false", found: "sum(a) is 1" }),
    history: async () => [100, 100, 100].map((written, i) => ({ runId: `run ${i}`, written }) as LoadRow),
    now,
  };
}

const unique = rule("unique(ID)", { type: "unique", columns: ["ID"] });

describe("a staged load", () => {
  test("is asked of the destination by the table's own names, in one question", async () => {
    const load = loadWith(
      [
        unique,
        rule("freshness(At)", { type: "freshness", column: "At", maxAgeMs: 5 }),
        rule("row_count", { type: "row_count", min: 1 }),
        rule("relationship(Customer)", {
          type: "relationship",
          column: "Customer",
          schema: undefined,
          table: "customers",
          references: "id",
        }),
      ],
      Array(4).fill({ failed: 0, examples: [] }),
    );
    expect((await judgeLoad(load)).map(({ failed }) => failed)).toEqual([0, 0, 0, 0]);
    expect(load.asked).toEqual([
      { type: "unique", columns: ["id"] },
      { type: "freshness", column: "at", maxAgeMs: 5, now },
      { type: "row_count", min: 1 },
      { type: "relationship", column: "customer", schema: "shop", table: "customers", references: "id" },
    ]);
  });

  test("is refused with every rule that fails it, its count and example rows", async () => {
    const volume = rule("volume_anomaly", { type: "volume_anomaly", within: 0.5, over: 3 });
    const load = loadWith([unique, volume], [{ failed: 2, examples: [{ id: 7 }] }]);
    const verdicts = await judgeLoad(load);
    const thrown = (() => {
      try {
        refuseFailed(load.stream, verdicts);
      } catch (error) {
        return errorRecord(error);
      }
    })();
    expect(thrown).toMatchObject({ kind: "data", code: "quality.gate", stream: "shop.orders" });
    expect(thrown!.message.split("\n")).toEqual([
      "stream 'shop.orders' does not pass its quality rules",
      'unique(ID): 2 rows are not alone with their values, e.g. {"id":7}',
      "volume_anomaly: 10 rows; the last 3 runs had a median of 100, so 50 to 150 are usual",
    ]);
  });

  test("is told what it should have been", async () => {
    const rules = [
      rule("least", { type: "row_count", min: 5 }),
      rule("most", { type: "row_count", max: 1 }),
      rule("between", { type: "row_count", min: 3, max: 4 }),
      rule("fresh", { type: "freshness", column: "at", maxAgeMs: 36 * 3_600_000 }),
      rule("never", { type: "freshness", column: "at", maxAgeMs: 2 * 86_400_000 }),
    ];
    const counts = Array(3).fill({ failed: 1, examples: [], value: 2 });
    const times = ["2026-01-01", null].map((value) => ({ failed: 1, examples: [], value }));
    const verdicts = await judgeLoad(loadWith(rules, [...counts, ...times]));
    expect(verdicts.map(({ found }) => found)).toEqual([
      "the load has 2 rows, and should have at least 5",
      "the load has 2 rows, and should have at most 1",
      "the load has 2 rows, and should have 3 to 4",
      "the newest value is 2026-01-01, and may be at most 36h old",
      "no row has a value that is at most 2d old",
    ]);
  });

  test("names its stream where a rule cannot be asked", async () => {
    const load = loadWith([unique]);
    const refusing = {
      ...load,
      writer: {
        async audit(): Promise<never> {
          throw new ConfigError("check.no_reference", "there is no table shop.customers");
        },
      },
    };
    await expect(judgeLoad(refusing)).rejects.toMatchObject({
      stream: "shop.orders",
      message: "stream 'shop.orders': there is no table shop.customers",
    });
  });

  test("goes on where only rules that warn do not hold", async () => {
    const load = loadWith([{ ...unique, onFail: "warn" }], [{ failed: 2, examples: [] }]);
    const verdicts = await judgeLoad(load);
    expect(verdicts[0]).toMatchObject({ failed: 2 });
    expect(() => refuseFailed(load.stream, verdicts)).not.toThrow();
  });
});

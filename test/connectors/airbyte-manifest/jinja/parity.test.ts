import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fromJson } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { clockAt, templateDifference } from "../../../../connectors/airbyte-manifest/jinja/parity-case.js";
import type { PyDict } from "../../../../connectors/airbyte-manifest/jinja/values/value.js";

/** Recorded results of the reference, beside the repository where there are any. */
const file = fileURLToPath(new URL("../../../../../shared/parity/jinja-dev.json", import.meta.url));

describe.skipIf(!existsSync(file))("recorded template results", () => {
  test("come out as the reference has them: 99 of 100 at least", () => {
    const cases = fromJson(readFileSync(file, "utf8")) as PyDict[];
    const clock = clockAt("2024-03-05T06:07:08.123456Z");
    const differing = cases.flatMap((each) => templateDifference(each, clock) ?? []);
    expect(cases.length).toBeGreaterThan(0);
    expect(differing.length / cases.length, differing.join("\n")).toBeLessThanOrEqual(0.01);
  });
});

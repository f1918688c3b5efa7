import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { replay } from "../../../connectors/airbyte-manifest/parity/replay.js";

/** Recorded runs of the reference, beside the repository where there are any. */
const archive = fileURLToPath(new URL("../../../../shared/parity/manifests-dev.tar.xz", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sluice-parity-"));

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!existsSync(archive))("recorded runs of low-code manifests", () => {
  test("come out as the reference has them: 97 of 100 at least", async () => {
    execFileSync("tar", ["xJf", archive, "-C", folder]);
    const [manifests, catalogs, tapes] = ["manifests", "catalogs", "tapes"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const differing: string[] = [];
    let runs = 0;
    for await (const connector of replay({ manifests, catalogs, tapes })) {
      for (const { stream, differences } of connector.runs) {
        runs += 1;
        if (differences.length > 0) differing.push(`${connector.name} ${stream}: ${differences.join("; ")}`);
      }
    }
    expect(runs).toBeGreaterThan(0);
    expect(differing.length / runs, differing.join("\n")).toBeLessThanOrEqual(0.03);
  });
});

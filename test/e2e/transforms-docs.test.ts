import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runSluice } from "../support/run-program.js";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const orders = `id,status,email,phone,total,ordered_at,shipped_at
1,open,a@example.com,+49 30 1234,1200.505,2026-01-02 10:00:00,
2,test,b@example.com,+49 30 5678,5,2026-01-02 11:00:00,
3,paid,c@example.com,+49 30 9999,12.5,2026-01-03 12:00:00,2026-01-01 00:00:00
`;

it.each([
  ["transforms.md", { read: 2, written: 2, quarantined: 0 }, "order_day"],
  ["quality.md", { read: 3, written: 1, quarantined: 2 }, "shipped_at"],
])("the project in docs/%s runs as it is written", async (page, counts, column) => {
  const project = mkdtempSync(join(tmpdir(), "sluice-docs-"));
  const text = readFileSync(join(docs, page), "utf8");
  writeFileSync(join(project, "sluice.yaml"), /```yaml\n(.*?)```/s.exec(text)?.[1] ?? "");
  writeFileSync(join(project, "clean.ts"), /```ts\n(.*?)```/s.exec(text)?.[1] ?? "");
  writeFileSync(join(project, "orders.csv"), orders);
  const env = { MASK_KEY: "a key of the docs" };
  const result = await runSluice(["sync", "--json", "--project", project], { env });
  expect(result.code, result.stdout + result.stderr).toBe(0);
  expect(JSON.parse(result.stdout).connections[0].streams[0]).toMatchObject(counts);
  const rows = await runSluice(["query", "from sales.orders order by id", "--csv", "--project", project], { env });
  expect(rows.stdout.split("\n")[0]).toContain(column);
  if (page === "transforms.md") {
    expect(rows.stdout).not.toMatch(/example\.com|1234/);
    expect(rows.stdout).toMatch(/\+\d\d \d\d \d{4},1200\.51/);
    expect(rows.stdout).toMatch(/,true,120051,/);
  }
  rmSync(project, { recursive: true });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runSluice } from "../support/run-program.js";

it("the project in docs/nested.md runs as it is written, and makes the tables that it says", async () => {
  const project = mkdtempSync(join(tmpdir(), "sluice-docs-"));
  const text = readFileSync(new URL("../../docs/nested.md", import.meta.url), "utf8");
  const row = /^Of `(\{.*\})` this makes/m.exec(text)![1]!;
  writeFileSync(join(project, "sluice.yaml"), /```yaml\n(.*?)```/s.exec(text)![1]!);
  writeFileSync(
    join(project, "orders.jsonl"),
    `${row}\n{"id": 2, "customer": {"name": null}, "lines": [{"sku": "b"}]}\n`,
  );
  const sync = await runSluice(["sync", "--json", "--project", project]);
  expect(sync.code, sync.stdout + sync.stderr).toBe(0);
  expect(JSON.parse(sync.stdout).connections[0].streams[0]).toMatchObject({ read: 2, written: 1, quarantined: 1 });
  const tables = [...text.matchAll(/^\| `(\w+)` +\| (`id`.*?|`_sluice_parent_id`.*?) +\|$/gm)];
  expect(tables).toHaveLength(3);
  for (const [, table, columns] of tables) {
    const rows = await runSluice(["query", `from shop.${table}`, "--csv", "--project", project]);
    const names = columns!.replaceAll(/[` ]/g, "");
    expect(rows.stdout.split(/\r?\n/)[0]).toBe(`${names},_sluice_load_id`);
    expect(rows.stdout.trim().split("\n")).toHaveLength(2);
  }
  rmSync(project, { recursive: true });
});

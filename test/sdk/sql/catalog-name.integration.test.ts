import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runSluice } from "../../support/run-program.js";

test("a DuckDB file may be named like a schema in it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-catalog-"));
  await writeFile(join(folder, "orders.csv"), "id,name\n1,a\n2,b\n");
  const project = {
    sources: { files: { connector: "file", path: "orders.csv" } },
    destinations: { warehouse: { connector: "duckdb", path: "shop.duckdb" } },
    connections: { shop: { source: "files", destination: "warehouse" } },
  };
  await writeFile(join(folder, "sluice.yaml"), JSON.stringify(project));
  const { code, stderr } = await runSluice(["sync", "--project", folder]);
  expect(code, stderr).toBe(0);
  const { stdout } = await runSluice(["query", "select count(*) as n from shop.orders", "--csv", "--project", folder]);
  expect(stdout).toContain("2");
  const copied = await runSluice(["copy", "shop.duckdb", "copied.duckdb", "--stream", "shop.orders"], { cwd: folder });
  expect(copied.code, copied.stderr).toBe(0);
});

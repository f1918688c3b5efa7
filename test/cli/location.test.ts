import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { destinationAt, looksLikeLocation, sourceAt } from "../../cli/location.js";
import { UsageError } from "../../cli/usage-error.js";

const cwd = mkdtempSync(join(tmpdir(), "sluice-test-"));
mkdirSync(join(cwd, "folder.of"));

describe("sourceAt", () => {
  it.each([
    ["postgres://bob:pw@db:5433/shop", "postgres", "postgres://db:5433/shop"],
    ["postgresql://db/shop?sslmode=require", "postgres", "postgres://db:5432/shop"],
    ["warehouse.duckdb", "duckdb", `duckdb:${cwd}/warehouse.duckdb`],
    ["some.db", "duckdb", `duckdb:${cwd}/some.db`],
    ["duckdb:/data/x", "duckdb", "duckdb:/data/x"],
    ["duckdb:///data/x", "duckdb", "duckdb:/data/x"],
    ["data/*.csv", "file", `file:${cwd}/data/*.csv`],
    ["orders.jsonl.gz", "file", `file:${cwd}/orders.jsonl.gz`],
    ["/data/x.parquet", "file", "file:/data/x.parquet"],
    ["file:///data/x.parquet", "file", "file:/data/x.parquet"],
    ["folder.of", "file", `file:${cwd}/folder.of`],
    ["not-yet/", "file", `file:${cwd}/not-yet`],
  ])("knows %s", (text, connector, identity) => {
    expect(sourceAt(text, cwd)).toMatchObject({ connector, identity });
  });

  it("keeps secrets out of what it calls the place", () => {
    const { identity, label } = sourceAt("postgres://bob:hunter22@db/shop?password=hunter22", cwd);
    expect(identity + label).not.toMatch(/hunter22|bob/);
  });

  it.each(["mysql://u:hunter22@h/d", "notes.docx", "nothing-here", "postgres://u:hunter22@h:port/d"])(
    "refuses %s without repeating its password",
    (text) => {
      const refuse = () => sourceAt(text, cwd);
      expect(refuse).toThrow(UsageError);
      expect(refuse).not.toThrow(/hunter22/);
    },
  );
});

describe("destinationAt", () => {
  it.each([
    ["postgres://db/shop", "postgres"],
    ["warehouse.duckdb", "duckdb"],
    ["lake", "file"],
    ["folder.of", "file"],
    ["out/orders.parquet", "file"],
    ["orders.csv.gz", "file"],
  ])("knows %s", (text, connector) => {
    expect(destinationAt(text, cwd).connector).toBe(connector);
  });

  it.each(["orders.xlsx", "orders.arrow"])("refuses %s", (text) => {
    expect(() => destinationAt(text, cwd)).toThrow(UsageError);
  });
});

describe("looksLikeLocation", () => {
  it("tells a path or URL from a name in a project", () => {
    expect(["postgres://x", "a.duckdb", "./a", "data/x", "*.csv"].map(looksLikeLocation)).not.toContain(false);
    expect(["shop", "shop_files", "my-shop"].map(looksLikeLocation)).not.toContain(true);
  });
});

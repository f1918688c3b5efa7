import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDatabase } from "../../support/database.js";
import { queryDuckdb, queryPostgres } from "../../support/query.js";
import { runProgram } from "../../support/run-program.js";

const cli = fileURLToPath(new URL("../../../program/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sluice-wide-memory-"));
/** Makes a Node program say at its end how much memory it had at most, in KiB. */
const tellPeak = 'data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))';
const limitMiB = 384;

describe("200 rows of 1 MB", () => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), "wide_memory");
    await queryPostgres(
      url,
      `create table wide (id int primary key, body text not null);
       insert into wide select n, repeat(md5(n::text), 31250) from generate_series(1, 200) n`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(["overwrite", "merge"])(
    "go into a DuckDB file in mode %s without more memory than allowed, and come out of it again",
    async (mode) => {
      const path = join(folder, `${mode}.duckdb`);
      const copy = ["copy", url, path, "--stream", "public.wide", "--write", mode, "--max-memory", `${limitMiB}MiB`];
      const { code, stderr } = await runProgram(process.execPath, ["--import", tellPeak, cli, ...copy]);
      expect(code).toBe(0);
      const peaks = [...stderr.matchAll(/^peak (\d+)$/gm)].map(([, kib]) => Number(kib) / 1024);
      expect(peaks.length).toBeGreaterThan(0);
      expect(Math.max(...peaks)).toBeLessThanOrEqual(limitMiB);
      const whole = "select count(*), sum(length(body)), bool_and(starts_with(body, md5(id::varchar))) from wide";
      expect(await queryDuckdb(path, whole)).toEqual([["200", "200000000", "true"]]);
    },
  );
});

import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram, runSluiceProcess } from "../support/run-program.js";

const program = fileURLToPath(new URL("../../examples/quickstart/run.mjs", import.meta.url));

test("the quickstart loads public data and answers its question, also when it is run again", async () => {
  for (let run = 0; run < 2; run++) {
    const { code, stdout } = await runProgram(process.execPath, [program]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/flights +open_data\.flights .* 3,000,000 /);
    expect(stdout).toMatch(/New York +John F Kennedy Intl +31270 +12\.3 +29\.5/);
    expect(stdout).toMatch(/movies +released_by_2011 +22/);
    expect(stdout).toContain("quickstart.duckdb");
  }
});

test("what its rules find can be looked at, mended as sluice.yaml says, and taken in", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-quickstart-"));
  const example = fileURLToPath(new URL("../../examples/quickstart/sluice.yaml", import.meta.url));
  const data = fileURLToPath(new URL("../../node_modules/vega-datasets/data", import.meta.url));
  const text = (await readFile(example, "utf8")).replace("../../node_modules/vega-datasets/data", data);
  const sluice = (...words: string[]) => runSluiceProcess([...words, "--project", folder]);
  await writeFile(join(folder, "sluice.yaml"), text);
  await sluice("sync", "--stream", "movies");
  const { stdout: list } = await sluice("quarantine", "list", "open_data");
  expect(list).toMatch(/movies +released_by_2011 +22\n +movies +not_null\(Title\) +1\n/);
  const [line, mended] = [/^ {10}released: .*\n/m, /^ {10}# (released: .*\n)/m];
  await writeFile(join(folder, "sluice.yaml"), text.replace(line, "").replace(mended, "          $1"));
  const replay = await sluice("quarantine", "replay", "open_data", "--stream", "movies", "--json");
  expect(JSON.parse(replay.stdout).connections[0].streams[0], replay.stderr).toMatchObject({
    ...{ read: 23, written: 22, quarantined: 1, drift: [] },
  });
  const sql = `select released from open_data.movies where "Title" = 'Gone with the Wind'`;
  expect((await sluice("query", sql, "--csv")).stdout).toContain("1939-12-15");
});

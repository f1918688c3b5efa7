import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseGlob } from "../../../connectors/file/files/glob.js";
import { globStreamName } from "../../../connectors/file/files/group-streams.js";
import { folder, folderWith, load, withSource } from "./file-source.js";

async function streamNames(dir: string, config: Record<string, unknown>): Promise<string[]> {
  return withSource(dir, config, async (source) => (await source.discover()).streams.map(({ name }) => name));
}

async function tree(): Promise<string> {
  const dir = await folderWith({
    "orders_1.csv": "id\n1\n",
    "orders_2.csv": "id\n2\n",
    "people.jsonl": '{"a":1}\n',
    "people.csv": "a\n1\n",
    "note.png": "x",
    ".hidden.csv": "a\n1\n",
    "half.csv.partial": "a\n1\n",
  });
  await mkdir(join(dir, "events", "2024"), { recursive: true });
  await writeFile(join(dir, "events", "a.csv"), "id\n1\n");
  await writeFile(join(dir, "events", "2024", "b.csv"), "id\n2\n");
  return dir;
}

describe("which files are which stream", () => {
  it("one file is one stream, named by its stem", async () => {
    expect(await streamNames(await tree(), { path: "orders_1.csv" })).toEqual(["orders_1"]);
  });

  it("a pattern is one stream of all its files", async () => {
    const dir = await tree();
    expect(await streamNames(dir, { path: "orders_*.csv" })).toEqual(["orders"]);
    expect((await load(dir, { path: "orders_*.csv" })).rows).toEqual([["1"], ["2"]]);
    expect((await load(dir, { path: "events/**/*.csv" })).rows).toEqual([["2"], ["1"]]);
  });

  it("batches say in which file they are and, where all its rows come in their order, from which row on", async () => {
    const dir = await folderWith({ "a.csv": "id\n1\n2\n3\n", "b.jsonl": '{"id":4}\n{"id":5}\n' });
    const batch = { rows: 2, bytes: 1 << 20 };
    expect((await load(dir, { path: "a.csv" }, { batch })).origins).toEqual([
      { file: "a.csv", firstRow: 1 },
      { file: "a.csv", firstRow: 3 },
    ]);
    const filter = [{ column: "id", operator: ">", values: ["4"] } as const];
    expect((await load(dir, { path: "b.jsonl" }, { batch, filter })).origins).toEqual([{ file: "b.jsonl" }]);
  });

  it("a file that cannot be understood leaves the other streams of its folder be", async () => {
    const dir = await folderWith({ "bad.csv": 'id,total\n1,"open\n2,3\n', "good.csv": "id\n1\n" });
    const [catalog, alone] = await withSource(dir, { path: "." }, async (source) => [
      await source.discover(),
      await source.discover({ streams: ["bad"] }).catch((error: unknown) => error),
    ]);
    expect(catalog).toMatchObject({
      streams: [{ name: "good" }],
      broken: [{ name: "bad", error: { kind: "data", code: "file.quote" } }],
    });
    expect(alone).toMatchObject({ code: "file.quote" });
  });

  it("a folder is one stream per file and per sub-folder", async () => {
    expect(await streamNames(await tree(), { path: "." })).toEqual([
      "events",
      "orders_1",
      "orders_2",
      "people.csv",
      "people.jsonl",
    ]);
  });

  it("names that begin with _ or . are left out of folders and patterns that do not name them", async () => {
    const dir = await folderWith({ "a.csv": "id\n1\n", "_b.csv": "id\n2\n", ".c.csv": "id\n3\n" });
    for (const inner of ["_log", "in", ".git"]) {
      await mkdir(join(dir, inner));
      await writeFile(join(dir, inner, "d.csv"), "id\n4\n");
    }
    expect(await streamNames(dir, { path: "." })).toEqual(["a", "in"]);
    const rows = async (path: string) => (await load(dir, { path })).rows.flat();
    expect(await rows("**/*.csv")).toEqual(["1", "4"]);
    expect(await rows("_*.csv")).toEqual(["2"]);
    expect(await rows(".c*")).toEqual(["3"]);
    expect(await rows("_b.csv")).toEqual(["2"]);
    expect(await rows("*/d.csv")).toEqual(["4"]);
    expect(await rows("_log/*.csv")).toEqual(["4"]);
    expect(await streamNames(dir, { path: "_log" })).toEqual(["d"]);
  });

  it("configured streams have the files of their patterns", async () => {
    const streams = { orders: "orders_*.csv", events: "events/**" };
    expect(await streamNames(await tree(), { path: ".", streams })).toEqual(["orders", "events"]);
    await expect(streamNames(await tree(), { path: ".", streams: { x: "x*.csv" } })).rejects.toMatchObject({
      code: "file.no_match",
      stream: "x",
    });
  });

  it.each([
    ["in/orders_*.csv", "orders"],
    ["in/*.csv", "in"],
    ["in/**/*.parquet", "in"],
    ["in/day=*/sales-[0-9].csv.gz", "sales"],
    ["{a,b}_total.json", "total"],
  ])("the pattern %s is the stream %s", (pattern, name) => {
    expect(globStreamName(pattern)).toBe(name);
  });

  it.each([
    ["*.csv", ["a.csv", "we[i]rd.csv"], ["d/a.csv", "acsv"]],
    ["**/*.csv", ["a.csv", "d/e/a.csv"], ["a.csv.gz"]],
    ["a?[0-9][!x].{csv,tsv}", ["ab1y.csv", "ab1y.tsv"], ["ab1x.csv", "ab1y.json"]],
    ["a\\*.csv", ["a*.csv"], ["ab.csv"]],
  ])("the pattern %s fits what shells say it fits", (pattern, fits, others) => {
    const { matches } = parseGlob(pattern);
    expect(fits.filter(matches)).toEqual(fits);
    expect(others.filter(matches)).toEqual([]);
  });
});

describe("files that differ", () => {
  it("are one table by name: a column that one lacks is NULL, types are wide enough for all", async () => {
    const dir = await folderWith({ "t1.csv": "a,b\n1,x\n", "t2.csv": "b,c,a\ny,2024-01-01,1.5\n" });
    expect(await load(dir, { path: "t*.csv" })).toMatchObject({
      columns: ["a:decimal(18,1)", "b:string", "c:date"],
      rows: [
        ["1.0", "x", null],
        ["1.5", "y", "2024-01-01"],
      ],
    });
  });
});

describe("problems with paths", () => {
  it("name the nearest file, the folder looked in, or what is unknown", async () => {
    const dir = await tree();
    await expect(load(dir, { path: "order_1.csv" })).rejects.toMatchObject({
      kind: "config",
      code: "file.not_found",
      hint: "did you mean 'orders_1.csv'?",
    });
    await expect(load(dir, { path: "missing/x.csv" })).rejects.toMatchObject({ code: "file.not_found" });
    await expect(load(dir, { path: "*.xlsx" })).rejects.toMatchObject({ code: "file.no_match" });
    await expect(load(dir, { path: "note.png" })).rejects.toMatchObject({ code: "file.unknown_format" });
    await expect(streamNames(await folder(), { path: "." })).rejects.toMatchObject({ code: "file.no_match" });
  });

  it("check reads what a sync would read", async () => {
    const dir = await tree();
    await withSource(dir, { path: "orders_*.csv" }, (source) => source.check());
    await expect(withSource(dir, { path: "note.png" }, (source) => source.check())).rejects.toMatchObject({
      code: "file.unknown_format",
    });
  });

  it("names hostile to SQL and globs are only names", async () => {
    const name = 'it\'s [a] "*?"; drop.csv';
    const dir = await folderWith({ [name]: 'a\'b,"c""d",A\'B\n1,2,3\n' });
    for (const scans of [false, true]) {
      const { columns, rows } = await load(dir, { path: name }, { scans });
      expect(columns).toEqual(["a'b:int64", 'c"d:int64', "A'B:int64"]);
      expect(rows).toEqual([["1", "2", "3"]]);
    }
  });

  it("a link does not lead out of its folder", async () => {
    const outside = await folderWith({ "secret.csv": "a\n1\n" });
    const dir = await folderWith({ "a.csv": "a\n2\n" });
    await symlink(join(outside, "secret.csv"), join(dir, "b.csv"));
    expect((await load(dir, { path: "*.csv" })).rows).toEqual([["2"]]);
  });
});

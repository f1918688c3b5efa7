import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { StreamOptions } from "../../../core/sync/plan.js";
import type { StreamReport } from "../../../core/sync/report.js";
import type { JsonObject } from "../../../sdk/json.js";
import { type HttpServer, httpServer } from "../../support/http-server.js";
import { queryDuckdb } from "../../support/query.js";
import { syncRows } from "./sync-rows.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-rows-"));
afterAll(() => rmSync(folder, { recursive: true }));

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Serves rows in pages of two, those at or after `since` by their `at`. */
async function serve(rows: readonly JsonObject[]): Promise<void> {
  await server?.close();
  server = await httpServer(({ query }) => {
    const since = query.get("since") ?? "";
    const from = 2 * (Number(query.get("page") ?? 1) - 1);
    const page = rows.filter(({ at }) => String(at) >= since).slice(from, from + 2);
    return JSON.stringify(page).replaceAll(`"${wide}"`, wide);
  });
}

function sync(path: string, options: StreamOptions, config: JsonObject = {}): Promise<StreamReport> {
  return syncRows(path, { url: server!.url, ...config }, options);
}

/** Stands for a number of more digits than a JavaScript number keeps: see `serve`. */
const wide = "12345678901234567890.5";
/** More than discovery looks at before it is content. */
const early = Array.from({ length: 12 }, (_, i) => ({ id: -i, at: `2023-12-${10 + i}`, n: i }));
const late = [
  { id: 3, at: "2024-01-03", n: 3 },
  { id: 4, at: "2024-01-04", n: 2.5, note: "new" },
  { id: 5, at: "2024-01-05", n: wide, more: { a: 1 } },
];

describe("columns that change while a stream is read", () => {
  test.each<[string, StreamOptions, JsonObject]>([
    ["incrementally, merged", { read: "incremental", write: "merge" }, {}],
    ["incrementally, appended", { read: "incremental", write: "append" }, {}],
    ["whole, swapped in", { read: "full_refresh", write: "overwrite" }, {}],
    ["whole, without checkpoints", { read: "full_refresh", write: "overwrite" }, { checkpoints: false }],
    ["whole, as history", { read: "full_refresh", write: "scd2" }, {}],
  ])("are added and widened: %s", async (name, options, config) => {
    const path = join(folder, `${name}.duckdb`);
    await serve([...early, ...late]);
    const report = await sync(path, options, config);
    expect(report).toMatchObject({ status: "succeeded", read: 15, written: 15 });
    expect(
      await queryDuckdb(path, "SELECT id, n::DECIMAL(38, 1), note, more FROM items WHERE id > -2 ORDER BY id"),
    ).toEqual([
      ["-1", "1.0", null, null],
      ["0", "0.0", null, null],
      ["3", "3.0", null, null],
      ["4", "2.5", "new", null],
      ["5", "12345678901234567890.5", null, '{"a":1}'],
    ]);
  });

  test("and do not come the next time are not gone", async () => {
    const path = join(folder, "again.duckdb");
    const options: StreamOptions = { read: "incremental", write: "merge" };
    await serve([...early, ...late]);
    expect(JSON.stringify((await sync(path, options)).drift)).toContain("note");
    await serve([...early, ...late, { id: 6, at: "2024-01-06", n: 6 }]);
    expect(await sync(path, options)).toMatchObject({ status: "succeeded", written: 2, drift: [] });
    expect(await queryDuckdb(path, "SELECT count(*), max(note) FROM items")).toEqual([["16", "new"]]);
  });

  test("are left out where the user has chosen columns", async () => {
    const path = join(folder, "chosen.duckdb");
    await serve([...early, ...late.slice(0, 2)]);
    await sync(path, { read: "incremental", write: "merge", select: ["id", "at"] });
    const columns = "SELECT * EXCLUDE (_sluice_load_id) FROM items WHERE id = 4";
    expect(await queryDuckdb(path, columns)).toEqual([["4", "2024-01-04"]]);
    const other = join(folder, "excluded.duckdb");
    await sync(other, { read: "incremental", write: "merge", exclude: ["note", "at"] });
    expect(await queryDuckdb(other, columns)).toEqual([["4", "2.5"]]);
  });
});

test("what the server gives again because its `since` is inclusive is appended once", async () => {
  const path = join(folder, "ties.duckdb");
  const options: StreamOptions = { read: "incremental", write: "append" };
  const first = [
    { id: 1, at: "2024-01-01" },
    { id: 2, at: "2024-01-02" },
  ];
  await serve(first);
  await sync(path, options);
  await serve([...first, { id: 9, at: "2024-01-02", n: 9 }, { id: 3, at: "2024-01-03" }]);
  expect(await sync(path, options)).toMatchObject({ status: "succeeded", written: 2 });
  expect(await sync(path, options)).toMatchObject({ status: "succeeded", written: 0 });
  expect(await queryDuckdb(path, "SELECT id FROM items ORDER BY id")).toEqual([["1"], ["2"], ["3"], ["9"]]);
});

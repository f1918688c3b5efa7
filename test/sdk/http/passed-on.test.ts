import { afterAll, expect, test } from "vitest";
import { createPacker } from "../../../sdk/batch/pack.js";
import { createHttp } from "../../../sdk/http/create-http.js";
import type { Page } from "../../../sdk/http/paginate/page.js";
import { pageNumbers } from "../../../sdk/http/paginate/page-numbers.js";
import { untouchedRecords } from "../../../sdk/json/record-page.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { httpServer } from "../../support/http-server.js";

const pageSize = 100;
const pages = 6;
/** Pages of more than 100 KB; those of `same` are all alike from the third on. */
const server = await httpServer(({ path, query }) => {
  const page = Number(query.get("page") ?? 1);
  const from = path === "/same" ? Math.min(page, 3) : page;
  const data = Array.from({ length: pageSize }, (_, i) => ({ id: from * pageSize + i, text: "x".repeat(1000) }));
  return page > pages ? { data: [] } : { data };
});
const surroundings = { signal: new AbortController().signal, memoryBytes: 2 ** 26, log: () => undefined };
const http = createHttp({ baseUrl: server.url }, surroundings);
afterAll(async () => {
  await http.close();
  await server.close();
});

const options = { records: "data", next: pageNumbers(), passedOn: true } as const;

function packed(page: Page): number {
  const records = untouchedRecords(page)!;
  const packer = createPacker([{ name: "id", type: parseType("int64"), nullable: true }]);
  packer.addRecords(records, 0);
  records.release?.();
  return packer.flush()!.rows;
}

test("the memory of pages that are passed on is gone once they are packed and the next one was compared with them", async () => {
  const seen: Page[] = [];
  let rows = 0;
  for await (const page of http.pages("items", options)) {
    rows += packed(page);
    seen.push(page);
  }
  expect(rows).toBe(pages * pageSize);
  expect(seen[0]![0]).toMatchObject({ id: pageSize });
  expect(() => seen[2]![0]).toThrow(expect.objectContaining({ code: "rows.released" }));
});

test("a list that does not move on is still found out", async () => {
  const read = async () => {
    for await (const page of http.pages("same", options)) packed(page);
  };
  await expect(read()).rejects.toMatchObject({ code: "http.page_repeated" });
});

test("pages that are packed later, or never, are whole until then", async () => {
  const held: Page[] = [];
  for await (const page of http.pages("items", options)) held.push(page);
  expect(held.slice(0, -1).map(packed)).toEqual([100, 100, 100, 100, 100]);
  expect(held.at(-1)!.map(({ id }) => id)).toHaveLength(pageSize);
});

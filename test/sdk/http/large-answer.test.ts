import type { ServerResponse } from "node:http";
import { afterAll, expect, test } from "vitest";
import {
  cursorPages,
  type Http,
  type JsonObject,
  offsetPages,
  openHttp,
  type PageOptions,
} from "../../../sdk/index.js";
import { rawText } from "../../../sdk/raw-json.js";
import { testContext } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const perAnswer = 8_000;
const pad = "x".repeat(1200);

/** Two answers of more than 9 MB each: records with a number that no float holds, and a cursor. */
async function answer(response: ServerResponse, from: number, end = `]},"total":${2 * perAnswer}}`): Promise<void> {
  response.write('{"next":"of the list","data":{"items":[');
  for (let id = from; id < from + perAnswer; id += 500) {
    const records = Array.from(
      { length: 500 },
      (_, i) => `{"id":${id + i},"exact":9007199254740993.25,"pad":"${pad}"}`,
    );
    if (!response.write(`${id === from ? "" : ","}${records}`))
      await new Promise<void>((resolve) => response.once("drain", resolve));
  }
  response.end(end);
}

const server = await httpServer(async ({ path, query }, response) => {
  const from = Number(query.get("after") ?? query.get("offset") ?? 0);
  if (from >= 2 * perAnswer) return { data: { items: [] }, total: 2 * perAnswer };
  if (path === "/cut") {
    response.write('{"data":{"items":[');
    for (let id = 0; id < perAnswer; id++) response.write(`{"id":${id},"pad":"${pad}"},`);
    setTimeout(() => response.destroy(), 50);
    return undefined;
  }
  if (path === "/torn") return void (await answer(response, from, ",{"));
  if (path === "/object") return { data: { id: 1, text: "y".repeat(9 * 1024 * 1024) } };
  await answer(response, from);
  return undefined;
});
const context = testContext();
const http: Http = await openHttp({ baseUrl: server.url, retry: { attempts: 1 } }, context);
afterAll(async () => {
  await http.close();
  await server.close();
  context.remove();
});

async function read(url: string, options: PageOptions) {
  const ids: number[] = [];
  let [pages, last, greatest] = [0, undefined as JsonObject | undefined, 0];
  for await (const page of http.pages(url, options)) {
    pages += 1;
    last = page.at(-1);
    greatest = Math.max(greatest, page.length);
    for (const { id } of page) ids.push(id as number);
  }
  return { ids, pages, last, greatest };
}

test("an answer that is too long to wait for comes in parts, with every digit, and its end says where to go on", async () => {
  for (const next of [cursorPages({ param: "after", cursor: "next_id" }), offsetPages({ total: "total" })]) {
    const follow: PageOptions["next"] = (seen) => {
      expect(seen.sizes.at(-1)).toBe(perAnswer);
      expect(seen.records).toMatchObject([{ id: seen.total - 1 }]);
      return next({ ...seen, body: { ...(seen.body as object), next_id: seen.total < 2 * perAnswer && seen.total } });
    };
    const { ids, pages, last, greatest } = await read("list", { records: "data.items", next: follow });
    expect(ids).toEqual(Array.from({ length: 2 * perAnswer }, (_, i) => i));
    expect(rawText(last?.exact)).toBe("9007199254740993.25");
    expect(pages).toBeGreaterThan(12);
    expect(greatest).toBeLessThan(4000);
  }
});

test("a long answer that breaks off is an error of time, one that is no JSON an error of data", async () => {
  await expect(read("cut", { records: "data.items" })).rejects.toMatchObject({ code: "http.network" });
  await expect(read("torn", { records: "data.items" })).rejects.toMatchObject({ code: "http.body_cut" });
});

test("a record that is the whole of a long answer is a record as ever", async () => {
  const { ids } = await read("object", { records: "data" });
  expect(ids).toEqual([1]);
});

test("a page stays what it is when others have come", async () => {
  const pages = [];
  for await (const page of http.pages("list", { records: "data.items" })) pages.push(page);
  expect(pages.flatMap((page) => page.map(({ id }) => id))).toEqual(Array.from({ length: perAnswer }, (_, i) => i));
});

test("who leaves in the middle of a long answer ends the transfer", async () => {
  for await (const page of http.pages("list", { records: "data.items" })) {
    expect(page[0]).toMatchObject({ id: 0 });
    break;
  }
});

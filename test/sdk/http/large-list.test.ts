import type { ServerResponse } from "node:http";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { openHttp, type PageOptions } from "../../../sdk/index.js";
import { rawText } from "../../../sdk/raw-json.js";
import { testContext } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";
import { zipArchive } from "../../support/zip-archive.js";

/** 14 MB of text each, in blocks that are made while they are sent: half as much again as may be held. */
const blocks = 14;
const perBlock = 1000;
const count = blocks * perBlock;
const pad = "ü".repeat(480);
const line = (id: number) => `{"id":${id},"exact":9007199254740993.25,"text":"a, \\"b\\"\\n${pad}"}\n`;
const row = (id: number) => `${id},9007199254740993.25,"a, ""b""\n${pad}",\n`;
const lines = (make: (id: number) => string, block: number) =>
  Array.from({ length: perBlock }, (_, i) => make(block * perBlock + i)).join("");
const head = "id,exact,text,none\n";

const whole = (make: (id: number) => string, before = "") =>
  Buffer.from(before + Array.from({ length: blocks }, (_, block) => lines(make, block)).join(""));

async function send(response: ServerResponse, make: (id: number) => string, before = "", end = ""): Promise<void> {
  response.write(before);
  for (let block = 0; block < blocks; block++) {
    if (!response.write(lines(make, block))) await new Promise<void>((resolve) => response.once("drain", resolve));
  }
  response.end(end);
}

const server = await httpServer(async ({ path }, response) => {
  if (path === "/jsonl") await send(response, line, "\n");
  else if (path === "/csv") await send(response, row, `\uFEFF${head}`);
  else if (path === "/jsonl.gz") response.end(gzipSync(whole(line), { level: 1 }));
  else if (path === "/csv.gz") response.end(gzipSync(whole(row, head), { level: 1 }));
  else if (path === "/csv.zip")
    response.end(
      zipArchive([
        ["a.csv", whole(row, head), deflateRawSync],
        ["b.csv", Buffer.from(`${head}-1,1,"",\n`)],
      ]),
    );
  else if (path === "/torn") await send(response, line, "", '{"id":');
  else if (path === "/giant") response.end(`{"text":"${"x".repeat(12 * 1024 * 1024)}"}\n`);
  else if (path === "/giant.csv") response.end(`${head}1,1,"${"x".repeat(12 * 1024 * 1024)}",\n`);
  else if (path === "/damaged.gz") response.end(gzipSync(whole(line), { level: 1 }).subarray(0, -1000));
  return undefined;
});
const context = testContext();
const mostBytes = 9 * 1024 * 1024;
const http = await openHttp({ baseUrl: server.url, retry: { attempts: 1 }, maxBodyBytes: mostBytes }, context);
afterAll(async () => {
  await http.close();
  await server.close();
});

/** Reads a list to its end; no more of it than a portion comes at once. */
async function read(path: string, decode: PageOptions["decode"]) {
  let [records, next, largest] = [0, 0, 0];
  let last: Record<string, unknown> = {};
  for await (const page of http.pages(path, { ...(decode && { decode }) })) {
    largest = Math.max(largest, page.length);
    for (const record of page) {
      if (Number(record.id) === next) next += 1;
      last = record;
      records += 1;
    }
  }
  return { records, next, largest, last };
}

test.each([
  ["jsonl", { format: "jsonl" }],
  ["jsonl.gz", { format: "jsonl", unpack: "gzip" }],
] as const)("JSON lines larger than memory come in portions, with every digit: %s", async (path, decode) => {
  const { records, next, largest, last } = await read(path, decode);
  expect([records, next]).toEqual([count, count]);
  expect(largest).toBeLessThan(count / 5);
  expect(rawText(last.exact)).toBe("9007199254740993.25");
  expect(last.text).toBe(`a, "b"\n${pad}`);
});

test.each([
  ["csv", { format: "csv" }],
  ["csv.gz", { format: "csv", unpack: "gzip" }],
] as const)("CSV larger than memory comes in portions: %s", async (path, decode) => {
  const { records, next, largest, last } = await read(path, decode);
  expect([records, next]).toEqual([count, count]);
  expect(largest).toBeLessThan(count / 5);
  expect(last).toEqual({ id: String(count - 1), exact: "9007199254740993.25", text: `a, "b"\n${pad}`, none: null });
});

test("the files of an archive come one after another, each with a head of its own", async () => {
  const { records, next, last } = await read("csv.zip", { format: "csv", unpack: "zip" });
  expect([records, next]).toEqual([count + 1, count]);
  expect(last).toEqual({ id: "-1", exact: "1", text: "", none: null });
});

test.each([
  ["torn", { format: "jsonl" }, "http.not_json"],
  ["giant", { format: "jsonl" }, "http.body_too_large"],
  ["giant.csv", { format: "csv" }, "http.body_too_large"],
  ["damaged.gz", { format: "jsonl", unpack: "gzip" }, "http.not_gzip"],
  ["jsonl", { format: "jsonl", unpack: "gzip" }, "http.not_gzip"],
  ["csv.gz", { format: "csv", unpack: "zip" }, "http.not_zip"],
] as const)("what is damaged or does not fit is an error: %s", async (path, decode, code) => {
  await expect(read(path, decode)).rejects.toMatchObject({ code });
});

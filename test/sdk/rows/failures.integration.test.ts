import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Answer, httpServer } from "../../support/http-server.js";
import { queryDuckdb } from "../../support/query.js";
import { syncRows } from "./sync-rows.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-failures-"));
afterAll(() => rmSync(folder, { recursive: true }));

const start = Date.UTC(2024, 0, 1);
const items = Array.from({ length: 400 }, (_, id) => ({ id, at: new Date(start + id * 1000).toISOString() }));

/** Four pages of a hundred: discovery is content with the first. */
const healthy: Answer = ({ query }) => {
  const page = Number(query.get("page") ?? 1);
  return items.filter(({ at }) => at >= (query.get("since") ?? "")).slice((page - 1) * 100, page * 100);
};

const onPage =
  (page: string, fault: Answer): Answer =>
  (request, response) =>
    request.query.get("page") === page ? fault(request, response) : healthy(request, response);

/** The first times only. */
function passing(times: number, fault: Answer): Answer {
  let count = 0;
  return (request, response) => (count++ < times ? fault(request, response) : healthy(request, response));
}

const cut: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
  response.write('[{"id":');
  setTimeout(() => response.destroy(), 5);
};

test.each<[string, Answer, string | undefined]>([
  [
    "429",
    onPage(
      "3",
      passing(2, (_, r) => void r.writeHead(429, { "retry-after": "0.01" }).end()),
    ),
    undefined,
  ],
  [
    "503",
    onPage(
      "3",
      passing(2, (_, r) => void r.writeHead(503).end()),
    ),
    undefined,
  ],
  ["a reset in the middle of a page", onPage("3", passing(2, cut)), undefined],
  [
    "JSON that breaks off",
    onPage(
      "3",
      passing(2, () => '[{"id": 20}, {"id"'),
    ),
    undefined,
  ],
  ["503 for good", onPage("4", (_, r) => void r.writeHead(503).end()), "http.server_error"],
  ["resets for good", onPage("4", cut), "http.network"],
  ["JSON that breaks off for good", onPage("4", () => '[{"id": 30}, {"id"'), "http.body_cut"],
  ["a token that expires in the middle", onPage("4", (_, r) => void r.writeHead(401).end()), "http.unauthorized"],
  ["a page that repeats", onPage("4", () => items.slice(200, 300)), "http.page_repeated"],
  [
    "pages that change their size",
    onPage("3", ({ query }) => (query.get("since") === null ? items.slice(200, 250) : [])),
    "http.page_size_changed",
  ],
])("%s: once each in the end, and no row skipped", async (name, answer, code) => {
  const path = join(folder, `${name}.duckdb`);
  const options = { read: "incremental", write: "append" } as const;
  const faulty = await httpServer(answer);
  const report = await syncRows(path, { url: faulty.url }, options).finally(() => faulty.close());
  if (code === undefined) expect(report).toMatchObject({ status: "succeeded", written: 400 });
  else expect(report).toMatchObject({ status: "failed", error: { code } });
  const mended = await httpServer(healthy);
  const next = await syncRows(path, { url: mended.url }, options).finally(() => mended.close());
  expect(next).toMatchObject({ status: "succeeded", written: 400 - report.written });
  expect(await queryDuckdb(path, "SELECT count(*), count(DISTINCT id) FROM items")).toEqual([["400", "400"]]);
});

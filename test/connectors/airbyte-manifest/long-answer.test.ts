import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import manifest from "../../../connectors/airbyte-manifest/index.js";
import { readFixture } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const perAnswer = 8_000;
const folder = mkdtempSync(join(tmpdir(), "sluice-manifest-"));

/** An answer of more than 9 MB and a short one, with a cursor beside the records. */
const server = await httpServer(async ({ path, query }, response) => {
  const from = Number(query.get("offset") ?? query.get("cursor") ?? 0);
  if (path === "/cut") {
    const records = Array.from({ length: perAnswer / 500 }, (_, i) => recordsFrom(i * 500));
    response.write(`{"data":{"items":[${records}`, () => response.destroy());
    return undefined;
  }
  if (path === "/list.csv" || path === "/list.csv.gz") {
    const file = Buffer.from(csv);
    response.end(path.endsWith(".gz") ? gzipSync(file) : file);
    return undefined;
  }
  if (path === "/list.jsonl") {
    response.end(lines);
    return undefined;
  }
  const last = from >= perAnswer;
  await send(response, from, last ? 500 : perAnswer);
  return undefined;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function recordsFrom(from: number): string {
  const pad = "x".repeat(1200);
  return Array.from({ length: 500 }, (_, i) => `{"id":${from + i},"exact":9007199254740993.25,"pad":"${pad}"}`).join(
    ",",
  );
}

/** More than 9 MB, and packed no more than some kilobytes. */
const csv = `id,exact,pad\n${Array.from({ length: perAnswer }, (_, i) => `${i},9007199254740993.25,"${"x,\n".repeat(400)}"\n`).join("")}`;
const lines = Array.from({ length: 16 }, (_, i) => recordsFrom(i * 500).replaceAll("},{", "}\n{")).join("\n");

async function send(response: ServerResponse, from: number, count: number): Promise<void> {
  response.write('{"data":{"items":[');
  for (let id = from; id < from + count; id += 500) {
    if (!response.write(`${id === from ? "" : ","}${recordsFrom(id)}`))
      await new Promise<void>((resolve) => response.once("drain", resolve));
  }
  response.end(`]},"next":${count === perAnswer ? from + count : null}}`);
}

const byOffset = `
        page_token_option: { type: RequestOption, inject_into: request_parameter, field_name: offset }
        pagination_strategy: { type: OffsetIncrement, page_size: ${perAnswer} }`;
const byCursor = `
        page_token_option: { type: RequestOption, inject_into: request_parameter, field_name: cursor }
        pagination_strategy:
          type: CursorPagination
          cursor_value: "{{ last_record['id'] + 1 if response['data']['items'][0]['id'] + 1 == response['next'] }}"`;

async function ids(
  path: string,
  paginator: string,
  fieldPath = "data, items",
  decoder = "",
): Promise<readonly (string | null | undefined)[]> {
  writeFileSync(
    join(folder, "api.yaml"),
    `version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [items] }
streams:
  - type: DeclarativeStream
    name: items
    primary_key: [id]
    schema_loader:
      type: InlineSchemaLoader
      schema: { type: object, properties: { id: { type: integer }, exact: { type: number } } }
    retriever:
      type: SimpleRetriever${decoder}
      requester: { type: HttpRequester, url_base: "${server.url}/", path: "${path}" }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [${fieldPath}] } }
      paginator:
        type: DefaultPaginator${paginator}
`,
  );
  const config = {
    manifest: join(folder, "api.yaml"),
    private_hosts: ["127.0.0.1"],
    types: { items: { exact: "decimal(20,2)" } },
  };
  const { rows } = await readFixture(manifest, { config }, "items");
  expect(new Set(rows.map(({ exact }) => exact))).toEqual(new Set(["9007199254740993.25"]));
  return rows.map(({ id }) => id);
}

const all = Array.from({ length: perAnswer + 500 }, (_, i) => String(i));

test("a long answer is read in parts; its pages are counted and followed as ever", async () => {
  expect(await ids("items", byOffset)).toEqual(all);
  expect(await ids("items", byCursor)).toEqual(all);
});

test("a path with a pattern finds in the parts of a list what it finds in the whole", async () => {
  expect(await ids("items", byOffset, 'data, items, "*"')).toEqual(all);
});

test.each([
  ["list.csv", "{ type: CsvDecoder }"],
  ["list.csv.gz", "{ type: GzipDecoder, decoder: { type: CsvDecoder } }"],
  ["list.jsonl", "{ type: JsonlDecoder }"],
])("a long %s is read in parts", async (path, decoder) => {
  const none = "\n        pagination_strategy: { type: OffsetIncrement, page_size: 100000 }";
  expect(await ids(path, none, "", `\n      decoder: ${decoder}`)).toEqual(all.slice(0, perAnswer));
});

test("a long answer that breaks off fails the read", async () => {
  await expect(ids("cut", byOffset)).rejects.toMatchObject({ code: "http.network" });
});

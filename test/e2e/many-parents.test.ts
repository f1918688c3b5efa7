import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HttpServer, httpServer } from "../support/http-server.js";
import { runSluiceProcess } from "../support/run-program.js";

/** Rows of all lists together, whatever the number of lists: what is compared is what a parent costs. */
const rows = 20_000;
const pageSize = 1000;
/** Ten times as many; the long form has more of both, which shows smaller costs of each. */
const [fewParents, manyParents] = process.env.SLUICE_LONG_TESTS === "1" ? [1000, 10_000] : [400, 4000];

let server: HttpServer;

/** `/many/N/parents?page=P`: N parents, page by page; `/many/N/parents/ID/items`: its share of the rows. */
beforeAll(async () => {
  server = await httpServer(({ path, query }) => {
    const [, count = "0", parent] = /^\/many\/(\d+)\/parents(?:\/(\d+)\/items)?$/.exec(path) ?? [];
    const parents = Number(count);
    if (parent === undefined) {
      const from = Number(query.get("page")) * pageSize;
      const length = Math.max(0, Math.min(pageSize, parents - from));
      return { data: Array.from({ length }, (_, i) => ({ id: from + i, name: `parent ${from + i}` })) };
    }
    const id = (i: number) => Number(parent) * 100 + i;
    const item = (_: unknown, i: number) => ({
      id: id(i),
      at: `2024-05-0${1 + (id(i) % 9)}T00:00:00Z`,
      note: "n".repeat(99),
    });
    return { data: Array.from({ length: rows / parents }, item) };
  });
});

afterAll(() => server.close());

const rest = (parents: number) => ({
  connector: "rest",
  base_url: `${server.url}/many/${parents}`,
  streams: {
    parents: { path: "parents", records: "data", primary_key: ["id"], paginate: { type: "page", first: 0 } },
    items: {
      path: "parents/{parent.id}/items",
      records: "data",
      primary_key: ["id"],
      cursor: { field: "at", param: "since", start: "2024-01-01T00:00:00Z" },
      parent: { stream: "parents" },
    },
  },
});

const manifest = () => {
  const requester = (path: string) => ({ type: "HttpRequester", url_base: "{{ config['url'] }}", path });
  const record_selector = { type: "RecordSelector", extractor: { type: "DpathExtractor", field_path: ["data"] } };
  const schema = (properties: object) => ({ type: "InlineSchemaLoader", schema: { type: "object", properties } });
  const parents = {
    type: "DeclarativeStream",
    name: "parents",
    primary_key: ["id"],
    schema_loader: schema({ id: { type: "integer" } }),
    retriever: {
      type: "SimpleRetriever",
      requester: requester("parents"),
      record_selector,
      paginator: {
        type: "DefaultPaginator",
        page_token_option: { type: "RequestOption", inject_into: "request_parameter", field_name: "page" },
        pagination_strategy: { type: "PageIncrement", page_size: pageSize, inject_on_first_request: true },
      },
    },
  };
  const items = {
    type: "DeclarativeStream",
    name: "items",
    primary_key: ["id"],
    schema_loader: schema({
      id: { type: "integer" },
      at: { type: "string", format: "date-time" },
      note: { type: "string" },
    }),
    incremental_sync: {
      type: "DatetimeBasedCursor",
      cursor_field: "at",
      datetime_format: "%Y-%m-%dT%H:%M:%SZ",
      start_datetime: "2024-01-01T00:00:00Z",
    },
    retriever: {
      type: "SimpleRetriever",
      requester: requester("parents/{{ stream_partition.parent }}/items"),
      record_selector,
      partition_router: {
        type: "SubstreamPartitionRouter",
        parent_stream_configs: [
          { type: "ParentStreamConfig", stream: parents, parent_key: "id", partition_field: "parent" },
        ],
      },
    },
  };
  return {
    version: "6.51.0",
    type: "DeclarativeSource",
    check: { type: "CheckStream", stream_names: ["parents"] },
    streams: [parents, items],
  };
};

const airbyte = (parents: number) => ({
  connector: "airbyte-manifest",
  manifest: "manifest.json",
  private_hosts: ["127.0.0.1"],
  config: { url: `${server.url}/many/${parents}` },
});

/** In the main thread alone, at its end: the most memory that the process ever had, in KiB. */
const tellPeak = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from "node:worker_threads";
  import { writeFileSync } from "node:fs";
  if (isMainThread) process.on("exit", () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));
`)}`;

/** Syncs the children of so many parents into a new project; returns the peak in MiB. */
async function peakOf(source: (parents: number) => object, parents: number): Promise<number> {
  const project = mkdtempSync(join(tmpdir(), "sluice-parents-"));
  const peak = join(project, "peak");
  writeFileSync(join(project, "manifest.json"), JSON.stringify(manifest()));
  writeFileSync(
    join(project, "sluice.yaml"),
    JSON.stringify({
      sources: { api: source(parents) },
      destinations: { db: { connector: "duckdb", path: "out.duckdb" } },
      connections: {
        c: { source: "api", destination: "db", streams: { items: { read: "incremental", write: "merge" } } },
      },
    }),
  );
  const env = { NODE_OPTIONS: `--import ${tellPeak}`, PEAK_FILE: peak };
  const { code, stdout, stderr } = await runSluiceProcess(["sync", "--json", "--project", project], { env });
  expect(code, stdout + stderr).toBe(0);
  expect(JSON.parse(stdout).connections[0].streams[0]).toMatchObject({ written: rows });
  const mebibytes = Number(readFileSync(peak, "utf8")) / 1024;
  rmSync(project, { recursive: true });
  return mebibytes;
}

test.each([
  ["a REST source", rest],
  ["an Airbyte manifest", airbyte],
])("ten times the parents take no more memory: %s", { timeout: 600_000 }, async (_, source) => {
  const [few, many] = [await peakOf(source, fewParents), await peakOf(source, manyParents)];
  expect(many, `${few.toFixed()} MiB with ${fewParents} parents`).toBeLessThan(few * 1.3);
});

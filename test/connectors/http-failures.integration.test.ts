import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defaultCommitLimits } from "../../core/sync/plan.js";
import type { StreamReport } from "../../core/sync/report.js";
import type { JsonObject } from "../../sdk/json.js";
import { type Answer, httpServer } from "../support/http-server.js";
import { queryDuckdb } from "../support/query.js";
import { runPlan } from "../support/run-plan.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-http-failures-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (second: number) => new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString().replace(".000", "");
const items = Array.from({ length: 400 }, (_, id) => ({ id, at: at(id) }));

/** Four pages of a hundred. */
const healthy: Answer = ({ query }) => {
  const page = Number(query.get("page") ?? 1);
  return items.filter(({ at }) => at >= (query.get("since") ?? "")).slice((page - 1) * 100, page * 100);
};

const onPage =
  (page: string, fault: Answer): Answer =>
  (request, response) =>
    request.query.get("page") === page ? fault(request, response) : healthy(request, response);

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end();

const cut: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
  response.write('[{"id":');
  setTimeout(() => response.destroy(), 5);
};

interface Connector {
  readonly connector: string;
  /** Its settings for an API at a URL. */
  config(url: string, name: string): JsonObject;
  /** How it tells what does not pass, by the fault. */
  readonly codes: Readonly<Record<string, string>>;
}

const rest: Connector = {
  connector: "rest",
  config: (url) => ({
    base_url: url,
    retry: { attempts: 3 },
    streams: {
      items: {
        path: "items",
        primary_key: ["id"],
        columns: { id: "int64", at: "timestamp" },
        paginate: { type: "page" },
        cursor: { field: "at", param: "since", order: "ascending" },
      },
    },
  }),
  codes: {
    "503 for good": "http.server_error",
    "resets for good": "http.network",
    "JSON that breaks off for good": "http.body_cut",
    "a token that expires in the middle": "http.unauthorized",
    "a page that repeats": "http.page_repeated",
    "a page that is shorter than the others": "http.page_size_changed",
  },
};

const manifest: Connector = {
  connector: "airbyte-manifest",
  config(url, name) {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, manifestOf(url));
    return { manifest: file, private_hosts: ["127.0.0.1"] };
  },
  codes: {
    "503 for good": "manifest.retries_exhausted",
    "resets for good": "manifest.retries_exhausted",
    "JSON that breaks off for good": "manifest.retries_exhausted",
    "a token that expires in the middle": "manifest.request_refused",
    "a page that repeats": "manifest.page_repeated",
  },
};

const manifestOf = (url: string) => `
version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [items] }
streams:
  - type: DeclarativeStream
    name: items
    primary_key: [id]
    schema_loader:
      type: InlineSchemaLoader
      schema: { type: object, properties: { id: { type: integer }, at: { type: string, format: date-time } } }
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: ${url}
        path: items
        error_handler:
          type: DefaultErrorHandler
          max_retries: 2
          backoff_strategies: [{ type: ConstantBackoffStrategy, backoff_time_in_seconds: 0.001 }]
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
      paginator:
        type: DefaultPaginator
        page_token_option: { type: RequestOption, inject_into: request_parameter, field_name: page }
        pagination_strategy: { type: PageIncrement, page_size: 100, start_from_page: 1, inject_on_first_request: true }
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: at
      datetime_format: "%Y-%m-%dT%H:%M:%SZ"
      start_datetime: "2023-01-01T00:00:00Z"
      start_time_option: { type: RequestOption, inject_into: request_parameter, field_name: since }
`;

/** Answers that pass, each once and on the page it is named by. */
function passing(faultOf: Readonly<Record<string, readonly Answer[]>>): Answer {
  const left = new Map(Object.entries(faultOf).map(([page, faults]) => [page, [...faults]]));
  return (request, response) => {
    const fault = left.get(request.query.get("page") ?? "1")?.shift() ?? healthy;
    return fault(request, response);
  };
}

const brokenOff: Answer = () => '[{"id": 30}, {"id"';

/** Made anew for each connector, since some count. */
const faults = (): Readonly<Record<string, Answer>> => ({
  "429, 503, a reset within a page, JSON that breaks off": passing({
    2: [status(429, { "retry-after": "0.01" }), status(503)],
    3: [cut, brokenOff],
    4: [cut, status(429)],
  }),
  "503 for good": onPage("4", status(503)),
  "resets for good": onPage("4", cut),
  "JSON that breaks off for good": onPage("4", brokenOff),
  "a token that expires in the middle": onPage("4", status(401)),
  "a page that repeats": onPage("4", () => items.slice(200, 300)),
  "a page that is shorter than the others": onPage("3", () => items.slice(200, 250)),
});

describe.each([rest, manifest])("$connector", ({ connector, config, codes }) => {
  test.concurrent.each(Object.entries(faults()))(
    "%s: once each in the end, and no row skipped",
    async (name, fault) => {
      const path = join(folder, `${connector} ${name}.duckdb`);
      const read = async (answer: Answer) => {
        const server = await httpServer(answer);
        return sync(path, connector, config(server.url, name)).finally(() => server.close());
      };
      const report = await read(fault);
      const code = codes[name];
      if (code === undefined) expect(report.status).toBe("succeeded");
      else expect(report).toMatchObject({ status: "failed", error: { code } });
      const next = await read(healthy);
      expect(next).toMatchObject({ status: "succeeded", written: 400 - report.written });
      expect(await queryDuckdb(path, "SELECT count(*), count(DISTINCT id) FROM items")).toEqual([["400", "400"]]);
    },
  );
});

async function sync(path: string, connector: string, config: JsonObject): Promise<StreamReport> {
  const report = await runPlan({
    runId: "test",
    projectDir: folder,
    maxMemoryBytes: 512 * 1024 ** 2,
    connections: [
      {
        name: "api",
        source: { connector, config },
        destination: { connector: "duckdb", config: { path } },
        schema: "main",
        streams: [{ pattern: "items", options: { read: "incremental", write: "append" } }],
        commit: defaultCommitLimits,
        fullRefresh: false,
      },
    ],
  });
  const [connection] = report.connections;
  if (connection!.error !== null) throw new Error(JSON.stringify(connection!.error));
  return connection!.streams[0]!;
}

import { chmodSync, createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { type HttpServer, httpServer } from "../support/http-server.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runSluiceProcess } from "../support/run-program.js";

const isLong = process.env.SLUICE_LONG_TESTS === "1";
/** What a run may take where nothing is set, and a record that must fit into it. */
const [limitMiB, recordBytes] = [512, 53_000_000];

const folder = mkdtempSync(join(tmpdir(), "sluice-long-record-"));
const [small, last] = ['{"id":1,"note":"small"}', '{"id":3,"note":"small"}'];
let server: HttpServer;

type Kind = "nested" | "text";
const member = { nested: "items", text: "body" } as const;
const recordFile = (kind: Kind) => join(folder, `${kind}.json`);

/** A record with many items, in the spacing of Python's json; or one with a string of many lines, not all of it ASCII. */
function longRecord(kind: Kind): string {
  const item = (i: number) =>
    kind === "nested"
      ? `{"sku": "item-${i}", "count": ${i % 97}, "price": ${i % 1000}.25, "tags": ["a", "b"]}`
      : String.raw`line ${i}: abcdefghijklm é nopqrstuvwxyz\n`;
  const count = Math.ceil(recordBytes / item(400_000).length);
  const items = Array.from({ length: count }, (_, i) => item(i));
  return kind === "nested"
    ? `{"id": 2, "note": "long", "items": [${items.join(", ")}]}`
    : `{"id":2,"note":"long","body":"${items.join("")}"}`;
}

beforeAll(async () => {
  for (const kind of ["nested", "text"] as const) {
    if (!isLong && kind === "text") continue;
    const record = longRecord(kind);
    writeFileSync(recordFile(kind), record);
    if (isLong) writeFileSync(join(folder, `${kind}.jsonl`), `${small}\n${record}\n${last}\n`);
  }
  server = await httpServer(async ({ path }, response) => {
    const [, kind, place] = path.split("/");
    response.setHeader("content-type", "application/json");
    response.write(place === "last" ? `{"next":null,"data":[${small},${last},` : `{"data":[${small},`);
    await pipeline(createReadStream(recordFile(kind as Kind)), response, { end: false });
    response.end(place === "last" ? "]}" : `,${last}]}`);
  });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const schemaOf = (kind: Kind) => ({
  type: "object",
  properties: {
    id: { type: "integer" },
    note: { type: "string" },
    [member[kind]]: { type: kind === "nested" ? "array" : "string" },
  },
});

/** A program that writes lines, the record between its frame. */
function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `#!${process.execPath}
const { createReadStream } = require("node:fs");
const say = (text) => new Promise((done) => process.stdout.write(text, done));
const line = (message) => say(JSON.stringify(message) + "\\n");
async function long(before, file, after) {
  await say(before);
  for await (const chunk of createReadStream(file)) await say(chunk);
  await say(after + "\\n");
}
(async () => { ${script} })();`,
  );
  chmodSync(path, 0o755);
  return path;
}

const sources: Readonly<Record<string, (kind: Kind) => object>> = {
  rest: (kind) => ({
    connector: "rest",
    base_url: server.url,
    streams: { long: { path: kind, records: "data", primary_key: ["id"] } },
  }),
  "rest, the last of a page": (kind) => ({
    connector: "rest",
    base_url: server.url,
    streams: {
      long: {
        path: `${kind}/last`,
        records: "data",
        primary_key: ["id"],
        cursor: { field: "id", param: "since" },
        paginate: { type: "next_url", path: "next" },
      },
    },
  }),
  manifest(kind) {
    const manifest = {
      version: "6.51.0",
      type: "DeclarativeSource",
      check: { type: "CheckStream", stream_names: ["long"] },
      streams: [
        {
          type: "DeclarativeStream",
          name: "long",
          primary_key: ["id"],
          schema_loader: { type: "InlineSchemaLoader", schema: schemaOf(kind) },
          retriever: {
            type: "SimpleRetriever",
            requester: { type: "HttpRequester", url_base: server.url, path: kind },
            record_selector: {
              type: "RecordSelector",
              extractor: { type: "DpathExtractor", field_path: ["data"] },
            },
          },
        },
      ],
    };
    const path = join(folder, `${kind}-manifest.json`);
    writeFileSync(path, JSON.stringify(manifest));
    return { connector: "airbyte-manifest", manifest: path, private_hosts: ["127.0.0.1"], config: {} };
  },
  singer(kind) {
    const schema = JSON.stringify(schemaOf(kind));
    const command = program(
      `${kind}-tap.cjs`,
      `if (process.argv.includes("--discover")) {
        return line({ streams: [{ tap_stream_id: "long", stream: "long", schema: ${schema}, key_properties: ["id"] }] });
      }
      await line({ type: "SCHEMA", stream: "long", schema: ${schema}, key_properties: ["id"] });
      await line({ type: "RECORD", stream: "long", record: ${small} });
      await long('{"type": "RECORD", "stream": "long", "record": ', ${JSON.stringify(recordFile(kind))}, "}");
      await line({ type: "RECORD", stream: "long", record: ${last} });`,
    );
    return { connector: "singer", command };
  },
  airbyte(kind) {
    const stream = { name: "long", json_schema: schemaOf(kind), supported_sync_modes: ["full_refresh"] };
    const record = (data: string) => `{ type: "RECORD", record: { stream: "long", emitted_at: 1, data: ${data} } }`;
    const command = program(
      `${kind}-source.cjs`,
      `if (process.argv[2] === "discover") {
        return line({ type: "CATALOG", catalog: { streams: [${JSON.stringify(stream)}] } });
      }
      await line(${record(small)});
      await long('{"type": "RECORD", "record": {"stream": "long", "emitted_at": 1, "data": ', ${JSON.stringify(recordFile(kind))}, "}}");
      await line(${record(last)});`,
    );
    return { connector: "airbyte", command };
  },
  "a connector's own": (kind) => {
    const path = join(folder, `${kind}-source.ts`);
    const value =
      kind === "nested"
        ? `items: Array.from({ length: ${Math.ceil(recordBytes / 66)} }, (_, i) => ({ sku: "item-" + i, count: i % 97, price: (i % 1000) + 0.25, tags: ["a", "b"] }))`
        : `body: "line: abcdefghijklm nopqrstuvwxyz\\n".repeat(${Math.ceil(recordBytes / 34)})`;
    writeFileSync(
      path,
      `import { defineSource, z } from "sluice/sdk";
export default defineSource({ name: "own", config: z.object({}), streams: { long: { primaryKey: ["id"], async *read() {
  yield ${small};
  yield { id: 2, note: "long", ${value} };
  yield ${last};
} } } });`,
    );
    return { connector: path };
  },
  "JSON lines": (kind) => ({ connector: "file", path: join(folder, `${kind}.jsonl`) }),
};

type Target = { readonly config: object; query(sql: string): Promise<readonly (readonly unknown[])[]> };

const targets: Readonly<Record<string, (project: string) => Promise<Target>>> = {
  async DuckDB(project) {
    const path = join(project, "target.duckdb");
    return { config: { connector: "duckdb", path }, query: (sql) => queryDuckdb(path, sql) };
  },
  async Parquet(project) {
    const from = `read_parquet('${join(project, "out")}/out/long/**/*.parquet')`;
    const query = (sql: string) => queryDuckdb(":memory:", sql.replace("out.long", from));
    return { config: { connector: "file", path: join(project, "out") }, query };
  },
  async Postgres() {
    const url = await createDatabase(inject("postgresUrl"), "long_record");
    return { config: { connector: "postgres", url }, query: (sql) => queryPostgres(url, sql) };
  },
};

/** In the main thread alone, at its end: the most memory that the process ever had, in KiB. */
const tellPeak = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from "node:worker_threads";
  import { writeFileSync } from "node:fs";
  if (isMainThread) process.on("exit", () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));
`)}`;

const all = Object.keys(sources).flatMap((source) =>
  Object.keys(targets).flatMap((target) =>
    (["nested", "text"] as const).map((kind) => [source, kind, target] as const),
  ),
);
const few = [
  ["rest, the last of a page", "nested", "Parquet"],
  ["manifest", "nested", "DuckDB"],
  ["singer", "nested", "DuckDB"],
] as const;

test.each(isLong ? all : few)("a record of 53 MB fits into memory: %s, %s, into %s", async (source, kind, target) => {
  const project = mkdtempSync(join(folder, "project-"));
  const peak = join(project, "peak");
  const into = await targets[target]!(project);
  const connection = { source: "s", destination: "d", schema: "out" };
  writeFileSync(
    join(project, "sluice.yaml"),
    JSON.stringify({
      sources: { s: sources[source]!(kind) },
      destinations: { d: into.config },
      connections: {
        c: { ...connection, streams: { "*": { table: "long", read: "full_refresh", write: "overwrite" } } },
      },
    }),
  );
  const env = { NODE_OPTIONS: `--import ${tellPeak}`, PEAK_FILE: peak };
  const limit = ["--max-memory", `${limitMiB}MiB`];
  const { code, stdout, stderr } = await runSluiceProcess(["sync", "--json", "--project", project, ...limit], { env });
  expect(code, stdout + stderr).toBe(0);
  expect(Number(readFileSync(peak, "utf8")) / 1024).toBeLessThanOrEqual(limitMiB);
  const length = `length(${member[kind]}${kind === "nested" && target === "Postgres" ? "::text" : ""})`;
  const [[rows, longest] = []] = await into.query(`select count(*), max(${length}) from out.long`);
  expect(Number(rows)).toBe(3);
  expect(Number(longest)).toBeGreaterThan(
    kind === "nested" ? statSync(recordFile(kind)).size * 0.7 : recordBytes * 0.9,
  );
  rmSync(project, { recursive: true });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { restConfig } from "../../../connectors/rest/config.js";
import rest from "../../../connectors/rest/index.js";
import { testContext } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const projectDir = mkdtempSync(join(tmpdir(), "sluice-rest-"));
afterAll(() => rmSync(projectDir, { recursive: true }));

function open(text: string, more: object = {}) {
  writeFileSync(join(projectDir, "api.yaml"), text);
  return rest.open(restConfig.parse({ file: "api.yaml", ...more }), testContext({ projectDir }));
}

describe("what is wrong in the file is named by line and column", () => {
  const head = "base_url: https://api.example.com\nstreams:\n  orders:\n    path: orders\n";
  test.each<[string, string, string]>([
    ["an unknown key", `${head}    paginat: { type: link }\n`, "api.yaml:4:5: streams.orders: Unrecognized key"],
    ["a wrong choice", `${head}    paginate: { type: pages }\n`, "api.yaml:5:23: streams.orders.paginate.type"],
    [
      "a type that is none",
      `${head}    columns: { id: integer }\n`,
      "api.yaml:5:20: streams.orders.columns.id: 'integer' is no type",
    ],
    [
      "a parent that is not there",
      `${head}    parent: { stream: shops }\n`,
      "api.yaml:5:23: streams.orders.parent.stream: there is no stream 'shops'",
    ],
    ["a stream that is its own parent", `${head}    parent: { stream: orders }\n`, "'orders' is its own ancestor"],
    [
      "a path with a parent and no parent",
      head.replace("path: orders", "path: a/{parent.id}"),
      "api.yaml:4:11: streams.orders.path",
    ],
    [
      "a window without an end",
      `${head}    cursor: { field: at, step: 1d }\n`,
      "api.yaml:5:32: streams.orders.cursor.step",
    ],
    ["no base URL", "streams:\n  orders: { path: orders }\n", "base_url: it is missing"],
    ["what is not YAML", "streams: [\n", "api.yaml:2:1"],
    [
      "a reference, which only the project file may have",
      `${head}    headers: { x: "\${KEY}" }\n`,
      `api.yaml:5:20: $\{KEY}`,
    ],
  ])("%s", async (_, text, message) => {
    await expect(open(text)).rejects.toMatchObject({ kind: "config", message: expect.stringContaining(message) });
  });

  test("a bomb of aliases is refused", async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join("\n");
    await expect(open(`a0: &a0 [x]\n${levels}\n`)).rejects.toMatchObject({ kind: "config" });
  });
});

test("the same is said of settings in the project file, where they stand", () => {
  const result = restConfig.safeParse({
    base_url: "https://api.example.com",
    streams: { orders: { path: "orders", parent: { stream: "shops" } } },
  });
  expect(result.error!.issues).toMatchObject([
    { path: ["streams", "orders", "parent", "stream"], params: { hint: "there are orders" } },
  ]);
});

test("inferred types are kept in a file that may be changed, and hold from then on", async () => {
  const server = await httpServer(({ query }) => [
    { id: 1, at: "2024-02-29T12:00:00Z", ...(query.has("late") ? { late: 1.5 } : {}) },
  ]);
  const api = (query: string) =>
    `base_url: ${server.url}\nschema_file: api.schema.yaml\nstreams: { events: { path: events, query: {${query}} } }\n`;
  try {
    const first = await open(api(""));
    await first.discover();
    await first.close();
    const path = join(projectDir, "api.schema.yaml");
    expect(readFileSync(path, "utf8")).toContain("events:\n  id: int64\n  at: string\n");
    writeFileSync(path, readFileSync(path, "utf8").replace("at: string", "at: timestamp # by the vendor's page"));
    const second = await open(api("late: 1"));
    const { streams } = await second.discover();
    await second.close();
    expect(streams[0]!.columns.map(({ name, type }) => [name, type.kind])).toEqual([
      ["id", "int64"],
      ["at", "timestamp"],
      ["late", "float64"],
    ]);
    expect(readFileSync(path, "utf8")).toContain("at: timestamp # by the vendor's page\n  late: float64\n");
  } finally {
    await server.close();
  }
});

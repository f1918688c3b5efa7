import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import manifestSource from "../../../connectors/airbyte-manifest/index.js";
import type { Json, JsonObject } from "../../../sdk/json.js";
import { formatType } from "../../../sdk/schema/column-type.js";
import type { OpenSource, ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream, type StreamRead, testContext } from "../../../sdk/testing/index.js";
import { order, type ShopServer, shopManifest, shopServer } from "../../support/manifest-shop.js";

let shop: ShopServer;
let context: ReturnType<typeof testContext>;
beforeEach(async () => {
  shop = await shopServer([0, 1, 2, 3].map((id) => order(id)));
  context = testContext();
});
afterEach(async () => {
  await shop.close();
  context.remove();
});

interface Opened {
  readonly text?: string;
  readonly settings?: JsonObject;
}

async function withSource<T>(
  use: (source: OpenSource) => Promise<T>,
  { text, settings = {} }: Opened = {},
): Promise<T> {
  writeFileSync(join(context.projectDir, "shop.yaml"), text ?? shopManifest(shop.url));
  const usual = { manifest: "shop.yaml", config: { token: "sesame-open" }, private_hosts: ["127.0.0.1"] };
  const source = await manifestSource.open(manifestSource.config.parse({ ...usual, ...settings }), context);
  return use(source).finally(() => source.close());
}

function read(name: string, overrides: Partial<ReadRequest> = {}, opened: Opened = {}): Promise<StreamRead> {
  return withSource(async (source) => {
    const { streams } = await source.discover({ streams: [name] });
    return readStream(source, readRequest(streams[0]!, overrides));
  }, opened);
}

describe("discover", () => {
  test("names what needs Python and leaves it out; the other streams are there with keys and modes", async () => {
    const { streams } = await withSource((source) => source.discover());
    expect(streams.map(({ name, readModes, primaryKey }) => [name, readModes, primaryKey])).toEqual([
      ["orders", ["full_refresh", "incremental"], ["id"]],
      ["customers", ["full_refresh"], ["name"]],
      ["customer_orders", ["full_refresh", "incremental"], ["id"]],
    ]);
    expect(context.lines).toContainEqual({
      level: "warn",
      message: expect.stringContaining("source_declarative_manifest.components.ReportRetriever"),
    });
  });

  test("types a stream without a schema by its rows", async () => {
    const text = shopManifest(shop.url).replaceAll('schema_loader: "#/definitions/order_schema"', "");
    const { streams } = await withSource((source) => source.discover({ streams: ["orders"] }), { text });
    const types = streams[0]?.columns.map(({ name, type }) => [name, formatType(type)]);
    expect(Object.fromEntries(types ?? [])).toEqual({
      id: "int64",
      customer: "string",
      total: "float64",
      updated_at: "string",
    });
  });
});

describe("check", () => {
  test("reads one record of the streams that the manifest names for it", async () => {
    await withSource((source) => source.check());
    expect(shop.seen.map(({ path }) => path)).toEqual(["/customers"]);
  });

  test("a wrong token is a config error that does not tell the token", async () => {
    const checked = withSource((source) => source.check(), { settings: { config: { token: "sesame-shut" } } });
    await expect(checked).rejects.toMatchObject({ kind: "config", code: "manifest.request_refused" });
    const error: unknown = await checked.catch((caught: unknown) => caught);
    expect(`${error} ${JSON.stringify(context.lines)}`).not.toContain("sesame-shut");
    expect(`${error}`).toContain("who are you");
  });

  test("a config that the spec does not allow is refused by the setting's name, before anything is sent", async () => {
    const opened = withSource((source) => source.check(), { settings: { config: {} } });
    await expect(opened).rejects.toMatchObject({
      code: "manifest.config",
      message: expect.stringContaining("config.token"),
    });
    expect(shop.seen).toEqual([]);
  });

  test("this machine is not connected to unless a setting names it", async () => {
    const checked = withSource((source) => source.check(), { settings: { private_hosts: [] } });
    await expect(checked).rejects.toMatchObject({ kind: "config", code: "http.address_refused" });
  });

  test("nor by a redirect", async () => {
    shop.intercept = () => ({ status: 302, headers: { location: "http://169.254.169.254/latest/meta-data" } });
    const checked = withSource((source) => source.check());
    await expect(checked).rejects.toMatchObject({ kind: "config", code: "http.address_refused" });
  });
});

describe("an incremental read", () => {
  const incremental = { mode: "incremental", cursorField: "updated_at" } as const;

  test("asks from its saved state on, which has the reference's form", async () => {
    const first = await read("orders", incremental);
    const state = first.checkpoints.at(-1)?.state as { readonly airbyte: Json };
    expect(state.airbyte).toEqual({ updated_at: "2024-02-02T00:00:00Z" });
    shop.orders.push(order(9, "ann", "2024-02-07T00:00:00Z"));
    shop.seen.length = 0;
    const second = await read("orders", { ...incremental, state });
    expect(second.rows.map(({ id }) => id)).toEqual(["9"]);
    expect(new Set(shop.seen.map(({ query }) => query.get("since")))).toEqual(new Set(["2024-02-02T00:00:00Z"]));
  });

  test("keeps a cursor for each partition, and begins a new one from what all have reached", async () => {
    shop.customerOrders.splice(0, 4, order(1, "ann", "2024-02-01T00:00:00Z"), order(2, "ben", "2024-02-05T00:00:00Z"));
    const first = await read("customer_orders", incremental);
    shop.customerOrders.push(order(3, "cat", "2024-02-06T00:00:00Z"));
    shop.seen.length = 0;
    const state = first.checkpoints.at(-1)?.state as Json;
    const second = await read("customer_orders", { ...incremental, state });
    expect(second.rows.map(({ id }) => id)).toEqual(["3"]);
    const asked = shop.seen
      .filter(({ path }) => path === "/orders")
      .map(({ query }) => [query.get("customer"), query.get("since")]);
    expect(Object.fromEntries(asked)).toMatchObject({ ann: "2024-02-01T00:00:00Z", ben: "2024-02-05T00:00:00Z" });
    expect(shop.seen.filter(({ path }) => path === "/customers")).toHaveLength(1);
  });

  test("a row at the cursor that has changed comes again, one that has not does not", async () => {
    const first = await read("orders", incremental);
    shop.orders[3] = { ...order(3), customer: "changed" };
    const state = first.checkpoints.at(-1)?.state as Json;
    const second = await read("orders", { ...incremental, state });
    expect(second.rows.map(({ id, customer }) => [id, customer])).toEqual([["3", "changed"]]);
  });
});

describe("values", () => {
  test("a value that its declared type cannot hold widens the column: nothing is changed to fit", async () => {
    shop.orders.push({ ...order(8), total: "12345678901234567890" }, { ...order(9), updated_at: "2024-02-31 or so" });
    const { rows } = await read("orders");
    expect(rows.slice(-2).map(({ total, updated_at }) => [total, updated_at])).toEqual([
      ["12345678901234567890", expect.stringContaining("2024-02-05")],
      ["9.25", "2024-02-31 or so"],
    ]);
  });

  test("every digit arrives: of numbers with a fraction too, and within objects", async () => {
    shop.intercept = ({ path }) =>
      path === "/customers"
        ? { status: 200, body: '{"data":[{"name":"ann","plan":{"fee":[0.12345678901234567890,1e400]}}]}' }
        : undefined;
    expect((await read("customers")).rows).toEqual([{ name: "ann", plan: '{"fee":[0.12345678901234567890,1e400]}' }]);
    shop.intercept = () => undefined;
    shop.orders.push({ ...order(8), total: "0.12345678901234567890" });
    expect((await read("orders")).rows.at(-1)?.total).toBe("0.12345678901234567890");
  });

  test("a type of the settings goes before the schema's", async () => {
    const { streams } = await withSource((source) => source.discover({ streams: ["orders"] }), {
      settings: { types: { orders: { total: "decimal(12,2)" } } },
    });
    expect(streams[0]?.columns.map(({ type }) => formatType(type))).toContain("decimal(12,2)");
  });
});

describe("failures", () => {
  test("a rate limit is waited for as long as the manifest's strategy says, and the read goes on", async () => {
    const handler = `error_handler: { type: DefaultErrorHandler, backoff_strategies: [ { type: WaitTimeFromHeader, header: X-Wait } ] }`;
    const text = shopManifest(shop.url).replace("authenticator:", `${handler}\n    authenticator:`);
    let refusals = 0;
    shop.intercept = () => (refusals++ < 1 ? { status: 429, headers: { "x-wait": "0.1" } } : undefined);
    const started = performance.now();
    expect((await read("orders", {}, { text })).rows).toHaveLength(4);
    expect(performance.now() - started).toBeGreaterThan(1_000);
  });

  test("what the manifest ignores ends the pages of its slice without an error", async () => {
    const filter = "{ type: HttpResponseFilter, http_codes: [404], action: IGNORE }";
    const handler = `error_handler: { type: DefaultErrorHandler, response_filters: [${filter}] }`;
    const text = shopManifest(shop.url).replace("authenticator:", `${handler}\n    authenticator:`);
    shop.intercept = ({ query }) => (query.get("page") === "2" ? { status: 404 } : undefined);
    expect((await read("orders", {}, { text })).rows).toHaveLength(3);
  });

  test("a read that fails in its middle has committed nothing that it has not given", async () => {
    shop.intercept = ({ query }) => (query.get("page") === "2" ? { status: 400, body: '{"error":"no"}' } : undefined);
    const failed = read("orders", { mode: "incremental", batch: { rows: 1, bytes: 1_000 } });
    await expect(failed).rejects.toMatchObject({
      code: "manifest.request_refused",
      message: expect.stringMatching(/HTTP 400.*no/),
    });
  });

  test("records that are no objects are named", async () => {
    shop.intercept = () => ({ status: 200, body: '{"data":[1,2]}' });
    await expect(read("orders")).rejects.toMatchObject({ kind: "data", code: "manifest.record" });
  });
});

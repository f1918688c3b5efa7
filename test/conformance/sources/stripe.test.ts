import { afterAll, describe, test } from "vitest";
import stripe from "../../../connectors/stripe/index.js";
import { sourceConformance } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const start = 1_709_208_000;
const paths = [
  "customers",
  "products",
  "prices",
  "subscriptions",
  "invoices",
  "payment_intents",
  "charges",
  "refunds",
  "disputes",
  "payouts",
  "balance_transactions",
  "events",
];
// Two a second, so that reads end among equal times.
const stored = new Map(
  paths.map((path) => [path, Array.from({ length: 7 }, (_, i) => object(path, i, start + (i >> 1)))]),
);

/** Lists as https://docs.stripe.com/api/pagination says: newest first, `starting_after` an id, `has_more`; three a page here. */
const serve = () =>
  httpServer(({ path, query, headers }, response) => {
    if (headers.authorization !== "Bearer sk_canary" || headers["stripe-version"] === undefined) {
      return void response.writeHead(401).end('{"error":{"type":"invalid_request_error","message":"Invalid API Key"}}');
    }
    if (path === "/v1/balance") return { object: "balance" };
    const objects = stored.get(path.replace("/v1/", ""));
    if (objects === undefined) return void response.writeHead(404).end('{"error":{"message":"Unrecognized URL"}}');
    const from = Number(query.get("created[gte]") ?? 0);
    // https://docs.stripe.com/api/subscriptions/list: cancelled ones come only with status=all.
    const isWhole = path !== "/v1/subscriptions" || query.get("status") === "all";
    const found = isWhole ? objects.filter(({ created }) => created >= from) : [];
    found.sort((a, b) => b.created - a.created || b.id.localeCompare(a.id));
    const after = found.findIndex(({ id }) => id === query.get("starting_after")) + 1;
    return { object: "list", url: path, data: found.slice(after, after + 3), has_more: after + 3 < found.length };
  });

sourceConformance(
  { describe, test, afterAll },
  {
    name: "stripe",
    source: stripe,
    async prepare() {
      const { url, close } = await serve();
      const config = { secret_key: "sk_canary", base_url: url, requests_per_second: 1000 };
      return { config, remove: close };
    },
    streams: [...stored].map(([path, objects]) => ({
      stream: path,
      columns: { id: "string", created: "int64", object: "string", livemode: "boolean", metadata: "json" },
      primaryKey: ["id"],
      rows: objects.map(canonical),
      incremental: {
        cursorField: "created",
        async grow() {
          const added = [object(path, 8, start + 3), object(path, 9, start + 60)];
          objects.push(...added);
          return added.map(canonical);
        },
      },
    })),
  },
);

function object(path: string, i: number, created: number) {
  return { id: `${path}_${i}`, object: path, created, livemode: false, metadata: { i: String(i) } };
}

function canonical({ created, livemode, metadata, ...texts }: ReturnType<typeof object>) {
  return { ...texts, created: String(created), livemode: String(livemode), metadata: JSON.stringify(metadata) };
}

import { afterAll, describe, test } from "vitest";
import stripe from "../../../connectors/stripe/index.js";
import { sourceConformance } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const start = 1_709_208_000;
// Two customers a second, so that reads end among equal times.
const customers = Array.from({ length: 7 }, (_, i) => customer(i, start + Math.floor(i / 2)));

/** Lists as https://docs.stripe.com/api/pagination says: newest first, `starting_after` an id, `has_more`; three a page here. */
const serve = () =>
  httpServer(({ path, query, headers }, response) => {
    if (headers.authorization !== "Bearer sk_canary" || headers["stripe-version"] === undefined) {
      return void response.writeHead(401).end('{"error":{"type":"invalid_request_error","message":"Invalid API Key"}}');
    }
    if (path === "/v1/balance") return { object: "balance" };
    const from = Number(query.get("created[gte]") ?? 0);
    const found = path === "/v1/customers" ? customers.filter(({ created }) => created >= from) : [];
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
      const server = await serve();
      return { config: { secret_key: "sk_canary", base_url: server.url }, remove: () => server.close() };
    },
    streams: [
      {
        stream: "customers",
        columns: {
          id: "string",
          created: "int64",
          object: "string",
          email: "string",
          livemode: "boolean",
          metadata: "json",
        },
        primaryKey: ["id"],
        rows: customers.map(canonical),
        incremental: {
          cursorField: "created",
          async grow() {
            const added = [customer(8, start + 3), customer(9, start + 60)];
            customers.push(...added);
            return added.map(canonical);
          },
        },
      },
    ],
  },
);

function customer(i: number, created: number) {
  return {
    id: `cus_${i}`,
    object: "customer",
    created,
    email: `c${i}@example.com`,
    livemode: false,
    metadata: { i: String(i) },
  };
}

function canonical({ created, livemode, metadata, ...texts }: ReturnType<typeof customer>) {
  return { ...texts, created: String(created), livemode: String(livemode), metadata: JSON.stringify(metadata) };
}

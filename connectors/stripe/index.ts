import { bearer, checkpoint, cursorPages, defineSource, type RowStream, secret, z } from "../../sdk/index.js";

const config = z.strictObject({
  secret_key: secret("Secret or restricted key with read rights: sk_… or rk_…"),
  account: z.string().optional().describe("A connected account to read, acct_…"),
  api_version: z.string().default("2024-06-20").describe("The version of the API, which decides the fields of objects"),
  requests_per_second: z
    .number()
    .positive()
    .default(20)
    .describe(
      "How often Stripe is asked: up to 100 in live mode, 25 in test mode, shared with everything that uses the account",
    ),
  base_url: z.url().default("https://api.stripe.com").describe("The API; another one only for tests"),
});

type Config = z.output<typeof config>;

/** https://docs.stripe.com/api/pagination: lists come newest first, a page goes on after the last object's id. */
const next = cursorPages({ param: "starting_after", cursor: "data.-1.id", more: "has_more" });

/**
 * A list that can be read from a time of creation on. Objects that change later are found by a full refresh, or by their
 * `events`. Since the newest come first, only a read that came to its end may move on.
 */
function list(path: string): RowStream<Config> {
  return {
    primaryKey: ["id"],
    cursorField: "created",
    columns: { id: "string", created: "int64" },
    async *read({ http, state }) {
      let newest = Number(state?.created ?? 0);
      const query = { limit: 100, ...(newest > 0 && { "created[gte]": newest }) };
      for await (const page of http.pages(path, { query, records: "data", next })) {
        newest = Math.max(newest, Number(page[0]?.created));
        yield page;
      }
      yield checkpoint({ created: newest });
    },
  };
}

export default defineSource({
  name: "stripe",
  title: "Stripe",
  config,
  http: ({ secret_key, account, api_version, requests_per_second, base_url }) => ({
    baseUrl: base_url,
    auth: bearer(secret_key),
    headers: { "stripe-version": api_version, ...(account !== undefined && { "stripe-account": account }) },
    // https://docs.stripe.com/rate-limits: 100 reads a second in live mode, 25 in test mode.
    rate: { perSecond: requests_per_second },
  }),
  check: ({ http }) => http.get("v1/balance"),
  streams: {
    customers: list("v1/customers"),
    products: list("v1/products"),
    prices: list("v1/prices"),
    subscriptions: list("v1/subscriptions?status=all"),
    invoices: list("v1/invoices"),
    payment_intents: list("v1/payment_intents"),
    charges: list("v1/charges"),
    refunds: list("v1/refunds"),
    disputes: list("v1/disputes"),
    payouts: list("v1/payouts"),
    balance_transactions: list("v1/balance_transactions"),
    events: list("v1/events"),
  },
});

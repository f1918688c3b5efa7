import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import rest from "../../../connectors/rest/index.js";
import { sourceConformance } from "../../../sdk/testing/index.js";
import { type Answer, httpServer } from "../../support/http-server.js";

const at = (minute: number) => `2024-02-29T12:${String(minute).padStart(2, "0")}:00Z`;
const customers = [1, 2, 3, 4, 5].map((id) => ({ id, name: `customer ${id}` }));
// Two orders a minute and customer, so that reads end among equal cursors.
const orders = customers.flatMap(({ id: customer }) =>
  [0, 1, 2, 3].map((n) => ({ id: customer * 10 + n, customer, total: n + 0.5, updated_at: at(Math.floor(n / 2)) })),
);
const start = Date.UTC(2024, 0, 1) / 1000;
const readings = Array.from({ length: 12 }, (_, i) => ({ id: i, at: start + i * 3600 * 20, value: i * 1.25 }));

const answer: Answer = ({ path, query, headers }, response) => {
  if (headers.authorization !== "Bearer rest-canary") return void response.writeHead(401).end();
  if (path === "/v1/customers") {
    const from = Number(query.get("after") ?? 0);
    if (from + 2 < customers.length) response.setHeader("link", `</v1/customers?after=${from + 2}>; rel="next"`);
    return customers.slice(from, from + 2);
  }
  const list = /^\/v1\/customers\/(\d+)\/orders$/.exec(path);
  if (list !== null) {
    const since = query.get("updated_since") ?? "";
    const page = Number(query.get("page"));
    const found = orders.filter(({ customer, updated_at }) => customer === Number(list[1]) && updated_at >= since);
    const rows = found.slice((page - 1) * 3, page * 3).map(({ customer: _, ...order }) => order);
    return { data: rows, pages: Math.ceil(found.length / 3) };
  }
  const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
  const found = readings.filter((reading) => reading.at >= from && reading.at <= to);
  const offset = Number(query.get("offset") ?? 0);
  return { items: found.slice(offset, offset + 2), total: found.length };
};

let folder: string;

sourceConformance(
  { describe, test, afterAll },
  {
    name: "rest",
    source: rest,
    async prepare() {
      const server = await httpServer(answer);
      folder = await mkdtemp(join(tmpdir(), "sluice-rest-"));
      await writeFile(join(folder, "api.yaml"), api(server.url));
      return {
        config: { file: "api.yaml", auth: { type: "bearer", token: "rest-canary" } },
        projectDir: folder,
        async remove() {
          await server.close();
          await rm(folder, { recursive: true });
        },
      };
    },
    streams: [
      {
        stream: "customers",
        columns: { id: "int64", name: "string" },
        primaryKey: ["id"],
        rows: customers.map(({ id, name }) => ({ id: String(id), name })),
      },
      {
        stream: "orders",
        columns: { updated_at: "timestamp", customer: "int64", id: "int64", total: "float64" },
        primaryKey: ["id"],
        rows: orders.map(order),
        incremental: {
          cursorField: "updated_at",
          async grow() {
            const added = [
              { id: 98, customer: 2, total: 0.25, updated_at: at(1) },
              { id: 99, customer: 5, total: 0.25, updated_at: at(9) },
            ];
            orders.push(...added);
            return added.map(order);
          },
        },
      },
      {
        stream: "readings",
        columns: { id: "int64", at: "int64", value: "float64" },
        primaryKey: ["id"],
        rows: readings.map(reading),
        incremental: {
          cursorField: "at",
          async grow() {
            const now = Math.floor(Date.now() / 1000);
            const added = [{ id: 77, at: now, value: 0.5 }];
            readings.push(...added);
            return added.map(reading);
          },
        },
      },
    ],
  },
);

function api(url: string): string {
  return `
base_url: ${url}/v1
streams:
  customers:
    path: customers
    primary_key: [id]
    paginate: { type: link }
  orders:
    path: customers/{parent.id}/orders
    parent: { stream: customers, include: { customer: id } }
    records: data
    primary_key: [id]
    columns: { updated_at: timestamp }
    paginate: { type: page, pages: pages }
    cursor: { field: updated_at, param: updated_since, order: ascending }
  readings:
    path: readings
    records: items
    primary_key: [id]
    paginate: { type: offset, total: total }
    cursor: { field: at, param: from, until_param: to, format: unix, start: 2024-01-01T00:00:00Z, step: 52w }
`;
}

function order({ id, customer, total, updated_at }: (typeof orders)[number]) {
  const time = updated_at.replace("T", " ").replace("Z", "+00");
  return { id: String(id), customer: String(customer), total: String(total), updated_at: time };
}

function reading({ id, at: time, value }: (typeof readings)[number]) {
  return { id: String(id), at: String(time), value: String(value) };
}

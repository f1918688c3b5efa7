import pg from "pg";
import { afterAll, describe, inject, test } from "vitest";
import postgres from "../../../connectors/postgres/index.js";
import { sourceConformance } from "../../../sdk/testing/source-conformance.js";
import { createDatabase } from "../../support/database.js";

let client: pg.Client;

sourceConformance(
  { describe, test, afterAll },
  {
    name: "postgres",
    source: postgres,
    async prepare() {
      const url = await createDatabase(inject("postgresUrl"), "source_conformance");
      client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`
        create table orders (id int primary key, status text, total numeric(12,2), updated_at timestamptz not null);
        insert into orders
          select i, case when i % 3 = 0 then null else 'open' end, i * 1.5, timestamptz '2024-01-01' + i * interval '1 hour'
          from generate_series(1, 20) i;
        create view open_orders as select id, updated_at from orders where status = 'open' and id <= 20`);
      return { config: { url }, remove: () => client.end() };
    },
    streams: [
      {
        stream: "public.orders",
        columns: { id: "int32", status: "string", total: "decimal(12,2)", updated_at: "timestamp" },
        primaryKey: ["id"],
        rows: Array.from({ length: 20 }, (_, i) => order(i + 1)),
        incremental: {
          cursorField: "updated_at",
          async grow() {
            await client.query(
              "insert into orders values (21, 'open', 31.5, '2024-01-01 21:00+00'), (22, 'open', 33, '2024-01-01 22:00+00')",
            );
            return [order(21, "open"), order(22, "open")];
          },
        },
      },
      {
        stream: "public.open_orders",
        columns: { id: "int32", updated_at: "timestamp" },
        rows: Array.from({ length: 20 }, (_, i) => order(i + 1))
          .filter(({ status }) => status === "open")
          .map(({ id, updated_at }) => ({ id, updated_at })),
      },
    ],
  },
);

function order(id: number, status: string | null = id % 3 === 0 ? null : "open") {
  const time = new Date(Date.UTC(2024, 0, 1, id)).toISOString().slice(0, 19).replace("T", " ");
  return { id: String(id), status, total: (id * 1.5).toFixed(2), updated_at: `${time}+00` };
}

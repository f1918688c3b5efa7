import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import manifest from "../../../connectors/airbyte-manifest/index.js";
import { sourceConformance } from "../../../sdk/testing/source-conformance.js";
import { type Order, order, type ShopServer, shopManifest, shopServer } from "../../support/manifest-shop.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-manifest-"));
let shop: ShopServer;

const columns = { id: "int64", customer: "string", total: "float64", updated_at: "timestamp" };

function row({ id, customer, total, updated_at }: Order) {
  return { id: `${id}`, customer, total, updated_at: `${updated_at.replace("T", " ").replace("Z", "")}+00` };
}

function grow(list: Order[], ...added: Order[]) {
  list.push(...added);
  return added.map(row);
}

const orders = [0, 1, 2, 3, 4, 5, 6].map((id) => order(id, id % 2 === 0 ? "ann" : "ben"));

sourceConformance(
  { describe, test, afterAll },
  {
    name: "airbyte-manifest",
    source: manifest,
    async prepare() {
      shop = await shopServer([...orders]);
      writeFileSync(join(folder, "shop.yaml"), shopManifest(shop.url));
      return {
        config: { manifest: "shop.yaml", config: { token: "sesame-open" }, private_hosts: ["127.0.0.1"] },
        projectDir: folder,
        async remove() {
          await shop.close();
          rmSync(folder, { recursive: true });
        },
      };
    },
    streams: [
      {
        stream: "orders",
        columns,
        primaryKey: ["id"],
        rows: orders.map(row),
        incremental: {
          cursorField: "updated_at",
          grow: async () =>
            grow(shop.orders, order(7, "ann", "2024-02-04T00:00:00Z"), order(8, "ben", "2024-02-05T00:00:00Z")),
        },
      },
      {
        stream: "customer_orders",
        columns,
        primaryKey: ["id"],
        rows: orders.map(row),
        incremental: {
          cursorField: "updated_at",
          grow: async () =>
            grow(
              shop.customerOrders,
              order(9, "cat", "2024-02-06T00:00:00Z"),
              order(10, "ben", "2024-02-06T00:00:00Z"),
            ),
        },
      },
    ],
  },
);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { httpServer } from "../support/http-server.js";
import { runSluice } from "../support/run-program.js";

const page = readFileSync(fileURLToPath(new URL("../../docs/rest.md", import.meta.url)), "utf8");

const customers = [7, 8, 9];
const orders = customers.flatMap((customer) =>
  [1, 2, 3].map((n) => ({ customer, id: customer * 10 + n, total: `${n}.50`, updated_at: `2024-05-0${n}T00:00:00Z` })),
);

/** The shop that the page describes: customers two by two with a cursor, their orders two by two with numbered pages. */
function shop() {
  return httpServer(({ path, query, headers }, response) => {
    if (headers.authorization !== "Bearer the-token") return void response.writeHead(401).end();
    if (path === "/v1/customers") {
      const from = Number(query.get("after") ?? 0);
      const data = customers.slice(from, from + 2).map((id) => ({ id, name: `customer ${id}` }));
      return { data, meta: { next: from + 2 < customers.length ? from + 2 : null } };
    }
    const customer = Number(/^\/v1\/customers\/(\d+)\/orders$/.exec(path)?.[1]);
    const since = query.get("updated_since") ?? "";
    const found = orders.filter((order) => order.customer === customer && order.updated_at >= since);
    const number = Number(query.get("page"));
    const data = found.slice(number * 2 - 2, number * 2).map(({ customer: _, ...order }) => order);
    return { data, meta: { pages: Math.ceil(found.length / 2) } };
  });
}

it("the project in docs/rest.md runs as it is written, and its second run takes what is new", async () => {
  const server = await shop();
  const project = mkdtempSync(join(tmpdir(), "sluice-docs-"));
  for (const [, name, text] of page.matchAll(/^```yaml\n# (\S+\.yaml)\n(.*?)^```$/gms)) {
    writeFileSync(join(project, name!), text!.replace("https://api.shop.example", server.url));
  }
  const env = { SHOP_TOKEN: "the-token" };
  const sync = async () => {
    const { code, stdout, stderr } = await runSluice(["sync", "--json", "--project", project], { env });
    expect(code, stdout + stderr).toBe(0);
    return JSON.parse(stdout).connections[0].streams[0];
  };
  expect(await sync()).toMatchObject({ stream: "orders", written: 9 });
  orders.push({ customer: 8, id: 99, total: "4.50", updated_at: "2024-06-01T00:00:00Z" });
  expect(await sync()).toMatchObject({ stream: "orders" });
  const sum =
    "select count(*) as orders, sum(total) as total, count(distinct customer_id) as customers from shop.orders";
  const { stdout } = await runSluice(["query", sum, "--csv", "--project", project], { env });
  expect(stdout.trim().split("\n").at(-1)).toBe("10,27.00,3");
  expect(readFileSync(join(project, "shop.schema.yaml"), "utf8")).toContain("total: decimal(12,2)");
  await server.close();
  rmSync(project, { recursive: true });
});

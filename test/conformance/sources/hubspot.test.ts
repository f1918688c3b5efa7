import { afterAll, describe, test } from "vitest";
import hubspot from "../../../connectors/hubspot/index.js";
import { sourceConformance } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const at = (second: number) => `2024-02-29T12:00:${String(second).padStart(2, "0")}.000Z`;
/** The objects there are, and the property with the time of their last change. */
const kinds: Readonly<Record<string, string>> = {
  contacts: "lastmodifieddate",
  companies: "hs_lastmodifieddate",
  deals: "hs_lastmodifieddate",
  tickets: "hs_lastmodifieddate",
  line_items: "hs_lastmodifieddate",
  products: "hs_lastmodifieddate",
};
// Two a second, so that reads end among equal times.
const stored = new Map(
  Object.keys(kinds).map((kind) => [kind, Array.from({ length: 7 }, (_, i) => crmObject(kind, i, at(i >> 1)))]),
);

/** Searches as https://developers.hubspot.com/docs/api/crm/search says: only named properties, `after` a number; three a page here. */
const serve = () =>
  httpServer(({ method, path, headers, body }, response) => {
    if (headers.authorization !== "Bearer pat-canary")
      return void response.writeHead(401).end('{"category":"INVALID_AUTHENTICATION"}');
    const [, asked = "", kind = ""] = /^\/crm\/v3\/(properties|objects)\/(\w+)/.exec(path) ?? [];
    const objects = stored.get(kind);
    if (objects === undefined) return void response.writeHead(404).end();
    if (asked === "properties") return { results: [{ name: kinds[kind] }, { name: "title" }] };
    if (method !== "POST" || !path.endsWith("/search")) return void response.writeHead(404).end();
    const { filterGroups, sorts, after, properties } = JSON.parse(body);
    const [{ propertyName, value }] = filterGroups[0].filters;
    if (propertyName !== kinds[kind] || sorts[0].propertyName !== kinds[kind])
      return void response.writeHead(400).end(`{"message":"Property ${propertyName} does not exist"}`);
    const found = objects.filter(({ updatedAt }) => Date.parse(updatedAt) >= Number(value));
    found.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt) || a.id.localeCompare(b.id));
    const from = Number(after);
    const results = found.slice(from, from + 3).map(({ properties: all, ...rest }) => ({
      ...rest,
      properties: Object.fromEntries(Object.entries(all).filter(([name]) => properties.includes(name))),
    }));
    return {
      total: found.length,
      results,
      ...(from + 3 < found.length && { paging: { next: { after: String(from + 3) } } }),
    };
  });

sourceConformance(
  { describe, test, afterAll },
  {
    name: "hubspot",
    source: hubspot,
    async prepare() {
      const { url, close } = await serve();
      const config = { access_token: "pat-canary", base_url: url, requests_per_second: 1000 };
      return { config, remove: close };
    },
    streams: [...stored].map(([kind, objects]) => ({
      stream: kind,
      columns: {
        id: "string",
        created_at: "timestamp",
        updated_at: "timestamp",
        archived: "boolean",
        title: "string",
        [kinds[kind]!]: "string",
      },
      primaryKey: ["id"],
      rows: objects.map(canonical),
      incremental: {
        cursorField: "updated_at",
        async grow() {
          const added = [crmObject(kind, 8, at(3)), crmObject(kind, 9, at(40))];
          objects.push(...added);
          return added.map(canonical);
        },
      },
    })),
  },
);

function crmObject(kind: string, i: number, updatedAt: string) {
  const properties = { title: `${kind} ${i}`, [kinds[kind]!]: updatedAt };
  return { id: String(100 + i), properties, createdAt: at(0), updatedAt, archived: false };
}

function canonical({ id, properties, createdAt, updatedAt, archived }: ReturnType<typeof crmObject>) {
  const time = (text: string) => text.replace("T", " ").replace(".000Z", "+00");
  return { id, created_at: time(createdAt), updated_at: time(updatedAt), archived: String(archived), ...properties };
}

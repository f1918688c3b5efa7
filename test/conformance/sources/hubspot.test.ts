import { afterAll, describe, test } from "vitest";
import hubspot from "../../../connectors/hubspot/index.js";
import { sourceConformance } from "../../../sdk/testing/index.js";
import { httpServer } from "../../support/http-server.js";

const at = (second: number) => `2024-02-29T12:00:${String(second).padStart(2, "0")}.000Z`;
// Two contacts a second, so that reads end among equal times.
const contacts = Array.from({ length: 7 }, (_, i) => contact(i, at(Math.floor(i / 2))));

/** Searches as https://developers.hubspot.com/docs/api/crm/search says: only named properties, `after` a number; three a page here. */
const serve = () =>
  httpServer(({ method, path, headers, body }, response) => {
    if (headers.authorization !== "Bearer pat-canary")
      return void response.writeHead(401).end('{"category":"INVALID_AUTHENTICATION"}');
    if (path.startsWith("/crm/v3/properties/")) return { results: [{ name: "lastmodifieddate" }, { name: "email" }] };
    if (method !== "POST" || !path.endsWith("/search")) return void response.writeHead(404).end();
    const { filterGroups, after, properties } = JSON.parse(body);
    const since = Number(filterGroups[0].filters[0].value);
    const found = path.includes("contacts") ? contacts.filter(({ updatedAt }) => Date.parse(updatedAt) >= since) : [];
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
      const server = await serve();
      return { config: { access_token: "pat-canary", base_url: server.url }, remove: () => server.close() };
    },
    streams: [
      {
        stream: "contacts",
        columns: {
          id: "string",
          created_at: "timestamp",
          updated_at: "timestamp",
          archived: "boolean",
          email: "string",
          lastmodifieddate: "string",
        },
        primaryKey: ["id"],
        rows: contacts.map(canonical),
        incremental: {
          cursorField: "updated_at",
          async grow() {
            const added = [contact(8, at(3)), contact(9, at(40))];
            contacts.push(...added);
            return added.map(canonical);
          },
        },
      },
    ],
  },
);

function contact(i: number, updatedAt: string) {
  const properties = { email: `c${i}@example.com`, lastmodifieddate: updatedAt };
  return { id: String(100 + i), properties, createdAt: at(0), updatedAt, archived: false };
}

function canonical({ id, properties, createdAt, updatedAt, archived }: ReturnType<typeof contact>) {
  const time = (text: string) => text.replace("T", " ").replace(".000Z", "+00");
  return { id, created_at: time(createdAt), updated_at: time(updatedAt), archived: String(archived), ...properties };
}

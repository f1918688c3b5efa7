/** The files of a new connector, by name: an example API to be replaced, and answers of it to test against. */
export function newFiles(name: string, { rest }: { readonly rest: boolean }): Readonly<Record<string, string>> {
  const token = "a-token-for-tests";
  return rest
    ? {
        [`${name}.yaml`]: description(name),
        [`${name}.fixture.ts`]: fixture(`${name}.yaml`, `auth: { type: "bearer", token: "${token}" }`),
      }
    : { [`${name}.ts`]: connector(name), [`${name}.fixture.ts`]: fixture(`${name}.ts`, `token: "${token}"`) };
}

const description = (name: string) => `# The parts of the example API: replace its paths and fields by those of yours.
# The login belongs in sluice.yaml, beside connector: ./${name}.yaml, as auth: { type: bearer, token: … }
base_url: https://api.example.com/v1
rate: { per_minute: 600 }
streams:
  parts:
    path: parts
    query: { sort: updated_at, limit: 100 }
    records: parts
    primary_key: [id]
    # Every other column is inferred from its values. Text is a time only where it is declared to be one.
    columns: { id: int64, updated_at: timestamp, price: "decimal(12,2)" }
    paginate: { type: cursor, param: cursor, path: next_cursor }
    # The next run asks for what is at or after the greatest updated_at; rows given before are left out by themselves.
    cursor: { field: updated_at, param: updated_since, order: ascending }
`;

const connector = (name: string) => `import { checkpoint, cursorPages, defineSource, secret, z } from "sluice/sdk";

// One schema: it validates what users write, gives \`config\` its types, and makes the reference page.
const config = z.strictObject({
  token: secret("Token that may read parts"),
  base_url: z.url().default("https://api.example.com/v1").describe("Where the API is"),
});

/** The parts of the example API: replace its paths and fields by those of yours. */
export default defineSource({
  name: "${name}",
  title: "${title(name)}",
  config,

  // One client for all streams: it retries, keeps to the rate, follows pages, and keeps every digit of numbers.
  http: ({ token, base_url }) => ({
    baseUrl: base_url,
    headers: { authorization: \`Bearer \${token.reveal()}\` },
    rate: { perMinute: 600 },
  }),

  // What \`sluice check\` tries: the cheapest request that needs the login.
  check: ({ http }) => http.get("parts", { query: { limit: 1 } }),

  streams: {
    parts: {
      primaryKey: ["id"],
      cursorField: "updated_at",
      // Every other column is inferred from its values. Text is a time only where it is declared to be one.
      columns: { id: "int64", updated_at: "timestamp", price: "decimal(12,2)" },

      async *read({ http, state }) {
        // From the last checkpoint on, that moment included: rows of it that were given before are left out by themselves.
        const query = { updated_since: state?.updated_since, sort: "updated_at", limit: 100 };
        const next = cursorPages({ param: "cursor", cursor: "next_cursor" });
        for await (const page of http.pages("parts", { query, records: "parts", next })) {
          yield page;
          // Covers all rows yielded so far: once they are committed, the next run begins here.
          yield checkpoint({ updated_since: page.at(-1).updated_at });
        }
      },
    },
  },
});
`;

const fixture = (
  file: string,
  config: string,
) => `import type { ConnectorFixture, FixtureAnswer } from "sluice/sdk/testing";

// What \`sluice connector test ./${file}\` runs against: answers as your API gives them, and a config that fits.
// Once your API can be reached, \`--record FILE\` writes down its real answers, and \`replayed(FILE)\` from "sluice/sdk/testing"
// is a fixture made of them.
// Equal \`updated_at\` values across a page's end are what tells whether a connector loses rows.
const parts = Array.from({ length: 20 }, (_, i) => ({
  id: i + 1,
  name: \`Part \${i + 1}\`,
  price: \`\${i + 1}.50\`,
  tags: i % 2 === 0 ? ["new"] : [],
  updated_at: \`2026-01-0\${1 + Math.floor(i / 4)}T12:00:00Z\`,
}));

export default {
  config: { ${config} },
  server({ url, headers }): FixtureAnswer {
    if (headers.authorization !== "Bearer a-token-for-tests") return { status: 401, json: { message: "no such token" } };
    if (!url.pathname.endsWith("/parts")) return { status: 404, json: { message: \`no \${url.pathname}\` } };
    const since = url.searchParams.get("updated_since") ?? "";
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const found = parts.filter((part) => part.updated_at >= since);
    const to = from + 3;
    return { json: { parts: found.slice(from, to), next_cursor: to < found.length ? String(to) : null } };
  },
} satisfies ConnectorFixture;
`;

function title(name: string): string {
  const words = name.replaceAll(/[-_]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import { checkpoint, defineSource, secret, z } from "../../sdk/index.js";

const config = z.strictObject({
  token: secret("Token that may read the repository's issues"),
  repository: z
    .string()
    .regex(/^[^/]+\/[^/]+$/, "must be owner/name")
    .describe("owner/name"),
  base_url: z
    .url()
    .default("https://api.github.com")
    .describe("The API of a GitHub Enterprise Server, where it is one"),
});

/** https://docs.github.com/en/rest/issues/issues#list-repository-issues: pull requests are issues, and come with them. */
export default defineSource({
  name: "github",
  title: "GitHub issues",
  config,
  http: ({ token, base_url }) => ({
    baseUrl: base_url,
    headers: {
      authorization: `Bearer ${token.reveal()}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    },
    rate: { perHour: 5000 },
  }),
  check: ({ http, config }) => http.get(`repos/${config.repository}`),
  streams: {
    issues: {
      primaryKey: ["id"],
      cursorField: "updated_at",
      columns: { id: "int64", created_at: "timestamp", updated_at: "timestamp", closed_at: "timestamp" },
      async *read({ http, config, state }) {
        const query = { state: "all", sort: "updated", direction: "asc", since: state?.since, per_page: 100 };
        for await (const page of http.pages(`repos/${config.repository}/issues`, { query, next: "link" })) {
          yield page;
          yield checkpoint({ since: page.at(-1).updated_at });
        }
      },
    },
  },
});

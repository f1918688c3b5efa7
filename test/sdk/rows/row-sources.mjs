// Sources of rows for tests of whole syncs: each thread imports this file by itself, so it is JavaScript.
import { checkpoint, defineSource, pageNumbers, z } from "../../../dist/sdk/index.js";

const rows = defineSource({
  name: "rows",
  config: z.strictObject({ url: z.string(), checkpoints: z.boolean().default(true) }),
  http: ({ url }) => ({ baseUrl: url, retry: { firstMs: 5, mostMs: 20, attempts: 3 } }),
  streams: {
    items: {
      primaryKey: ["id"],
      cursorField: "at",
      async *read({ http, config, state, mode }) {
        for await (const page of http.pages("items", { query: { since: state?.at }, next: pageNumbers() })) {
          yield page;
          if (config.checkpoints || mode === "incremental") yield checkpoint({ at: page.at(-1).at });
        }
      },
    },
  },
});

export const sources = { rows: async () => rows };

import { defineSource, type JsonObject } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Takes a page that did not come for the end. */
export default defineSource({
  name: "swallows-errors",
  config: settings,
  http: (config) => ({ ...api(config), retry: { attempts: 1 } }),
  streams: {
    items: {
      primaryKey: ["id"],
      async *read({ http }) {
        for (let cursor: string | null = "0"; cursor !== null; ) {
          const query: JsonObject = { cursor };
          const answer: JsonObject | undefined = await http.get<JsonObject>("items", { query }).catch(() => undefined);
          yield (answer?.items ?? []) as JsonObject[];
          cursor = (answer?.next ?? null) as string | null;
        }
      },
    },
  },
});

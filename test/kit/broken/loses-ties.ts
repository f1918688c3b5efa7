import { checkpoint, cursorPages, defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Goes on behind the saved time, where rows of that very time may still be to come. */
export default defineSource({
  name: "loses-ties",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["id"],
      cursorField: "updated_at",
      async *read({ http, state }) {
        const since = String(state?.since ?? "");
        const query = { since };
        const next = cursorPages({ param: "cursor", cursor: "next" });
        for await (const page of http.pages("items", { query, records: "items", next })) {
          yield page.filter((item) => String(item.updated_at) > since);
          yield checkpoint({ since: page.at(-1).updated_at });
        }
      },
    },
  },
});

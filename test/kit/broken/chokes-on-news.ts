import { cursorPages, defineSource, z } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Fails as soon as the server adds a member. */
export default defineSource({
  name: "chokes-on-news",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["id"],
      columns: z.strictObject({ id: z.int(), name: z.string(), updated_at: z.iso.datetime() }),
      async *read({ http }) {
        yield* http.pages("items", { records: "items", next: cursorPages({ param: "cursor", cursor: "next" }) });
      },
    },
  },
});

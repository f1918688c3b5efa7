import { cursorPages, defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Takes for a key what does not name a row. */
export default defineSource({
  name: "names-no-key",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["updated_at"],
      async *read({ http }) {
        yield* http.pages("items", { records: "items", next: cursorPages({ param: "cursor", cursor: "next" }) });
      },
    },
  },
});

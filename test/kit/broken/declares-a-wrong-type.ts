import { cursorPages, defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Declares numbers where there is text. */
export default defineSource({
  name: "declares-a-wrong-type",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["id"],
      columns: { name: "int64" },
      async *read({ http }) {
        yield* http.pages("items", { records: "items", next: cursorPages({ param: "cursor", cursor: "next" }) });
      },
    },
  },
});

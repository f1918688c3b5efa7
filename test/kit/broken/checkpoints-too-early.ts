import { checkpoint, cursorPages, defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Says that a page is covered before it has given it. */
export default defineSource({
  name: "checkpoints-too-early",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["id"],
      async *read({ http, state }) {
        const query = { after: state?.id };
        const next = cursorPages({ param: "cursor", cursor: "next" });
        for await (const page of http.pages("items", { query, records: "items", next })) {
          yield checkpoint({ id: page.at(-1).id as number });
          yield page;
        }
      },
    },
  },
});

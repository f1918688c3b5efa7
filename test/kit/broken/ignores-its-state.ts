import { checkpoint, cursorPages, defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Gives checkpoints and begins at the beginning all the same. */
export default defineSource({
  name: "ignores-its-state",
  config: settings,
  http: api,
  streams: {
    items: {
      async *read({ http }) {
        const next = cursorPages({ param: "cursor", cursor: "next" });
        for await (const page of http.pages("items", { records: "items", next })) {
          yield page;
          yield checkpoint({ id: page.at(-1).id as number });
        }
      },
    },
  },
});

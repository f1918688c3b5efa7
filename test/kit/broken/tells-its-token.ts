import { ConfigError, checkpoint, cursorPages, defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Puts its token into a message. */
export default defineSource({
  name: "tells-its-token",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["id"],
      async *read({ http, config }) {
        try {
          yield* http.pages("items", { records: "items", next: cursorPages({ param: "cursor", cursor: "next" }) });
        } catch (cause) {
          throw new ConfigError("items.refused", `the API refuses ${config.token.reveal()}`, { cause });
        }
        yield checkpoint({ done: true });
      },
    },
  },
});

import { cursorPages, defineSource, type JsonObject } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Gathers the whole stream before it gives a row of it. */
export default defineSource({
  name: "reads-everything-first",
  config: settings,
  http: api,
  streams: {
    items: {
      primaryKey: ["id"],
      async *read({ http }) {
        const all: JsonObject[] = [];
        const next = cursorPages({ param: "cursor", cursor: "next" });
        for await (const page of http.pages("items", { records: "items", next })) all.push(...page);
        yield all;
      },
    },
  },
});

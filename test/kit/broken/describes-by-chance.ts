import { randomUUID } from "node:crypto";
import { defineSource } from "../../../sdk/index.js";
import { api, settings } from "./settings.js";

/** Names its streams anew each time. */
export default defineSource({
  name: "describes-by-chance",
  config: settings,
  http: api,
  streams: async () => ({
    [`items_${randomUUID()}`]: {
      columns: { id: "int64" },
      async *read() {
        yield { id: 1 };
      },
    },
  }),
});

import { defineSource, openHttp, pack } from "../../../sdk/index.js";
import { rows, stream } from "./full-form.js";
import { api, settings } from "./settings.js";

/** Opens a client for each request, so that none knows that the server has asked to wait. */
export default defineSource({
  name: "hurries",
  title: "hurries",
  config: settings,
  open: async (config, context) => ({
    async check() {},
    discover: async () => ({ streams: [stream] }),
    async *read() {
      for (let page = 0; page < 2; ) {
        const http = await openHttp({ ...api(config), judge: () => "accept" }, context);
        const { status } = await http.request({ url: "items", query: { cursor: page } });
        await http.close();
        if (status === 200) page += 1;
      }
      yield { type: "batch", batch: pack(stream.columns, rows) };
      yield { type: "checkpoint", state: { id: 7 } };
    },
    async close() {},
  }),
});

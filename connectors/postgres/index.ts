import { defineSource } from "../../sdk/define-source.js";
import { discoverStreams } from "./catalog.js";
import { checkAccess } from "./check.js";
import { config } from "./config.js";
import { createConnections } from "./connections.js";
import { postgresDigests } from "./digests.js";
import { readStream } from "./read.js";

export default defineSource({
  name: "postgres",
  title: "PostgreSQL",
  config,
  open: async (settings, context) => {
    const connections = createConnections(settings, context);
    return {
      check: () => connections.use(context.signal, (client) => checkAccess(client, settings, context)),
      discover: async (request) => ({
        streams: await connections.use(context.signal, (client) => discoverStreams(client, settings, request)),
      }),
      read: (request) => readStream({ config: settings, connections, context, request }),
      digests: postgresDigests(settings, connections, context.signal),
      close: () => connections.close(),
    };
  },
});

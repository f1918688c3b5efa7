import type { Source } from "../sdk/source.js";

/** The built-in sources: a name to a lazy import, so that a driver loads only when its connector is used. */
export const sources: Readonly<Record<string, () => Promise<Source>>> = {
  duckdb: async () => (await import("./duckdb/index.js")).default,
  postgres: async () => (await import("./postgres/index.js")).default,
  singer: async () => (await import("./singer/index.js")).default,
  airbyte: async () => (await import("./airbyte/index.js")).default,
  "airbyte-manifest": async () => (await import("./airbyte-manifest/index.js")).default,
  file: async () => (await import("./file/index.js")).default,
  rest: async () => (await import("./rest/index.js")).default,
  stripe: async () => (await import("./stripe/index.js")).default,
  hubspot: async () => (await import("./hubspot/index.js")).default,
  webhook: async () => (await import("./webhook/index.js")).default,
  github: async () => (await import("./github/index.js")).default,
};

import type { Destination } from "../sdk/destination.js";

/** The built-in destinations: a name to a lazy import, so that a driver loads only when its destination is used. */
export const destinations: Readonly<Record<string, () => Promise<Destination>>> = {
  duckdb: async () => (await import("./duckdb/index.js")).default,
  file: async () => (await import("./file/index.js")).default,
  postgres: async () => (await import("./postgres/index.js")).default,
};

import { defineSource } from "../../sdk/define-source.js";
import { config } from "./config.js";

export default defineSource({
  name: "duckdb",
  title: "DuckDB",
  config,
  open: async (settings, context) => (await import("./open.js")).openDuckdb(settings, context),
});

import { defineSource } from "../../sdk/index.js";
import { restConfig } from "./config.js";
import { openRest } from "./open.js";

/** Any HTTP API that lists records, described by settings alone. */
export default defineSource({
  name: "rest",
  title: "REST APIs, described in YAML",
  config: restConfig,
  open: openRest,
});

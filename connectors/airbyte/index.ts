import { defineSource } from "../../sdk/define-source.js";
import { config } from "./config.js";

/** Airbyte sources: any program that speaks the Airbyte protocol, in any language, as a child process without Docker. */
export default defineSource({
  name: "airbyte",
  title: "Airbyte protocol",
  config,
  open: async (settings, context) => (await import("./open.js")).openAirbyte(settings, context),
});

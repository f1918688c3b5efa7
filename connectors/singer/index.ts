import { defineSource } from "../../sdk/define-source.js";
import { config } from "./config.js";

/** Singer taps: any program that speaks the Singer protocol, in any language, as a child process. */
export default defineSource({
  name: "singer",
  title: "Singer protocol",
  config,
  open: async (settings, context) => (await import("./open.js")).openTap(settings, context),
});

import { defineSource } from "../../sdk/define-source.js";
import { config } from "./config.js";

/** Airbyte's low-code connectors: a manifest, a YAML file that describes an HTTP API, run without Python. */
export default defineSource({
  name: "airbyte-manifest",
  title: "Airbyte low-code manifest",
  config,
  open: async (settings, context) =>
    (await import("./source/open-manifest-source.js")).openManifestSource(settings, context),
});

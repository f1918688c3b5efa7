import { defineSource, secret, z } from "../../../sdk/index.js";
import { api } from "./settings.js";

/** Leaves its users to guess what a setting means. */
export default defineSource({
  name: "says-nothing-of-its-settings",
  config: z.strictObject({ token: secret("Token of the API"), depth: z.number().optional() }),
  http: api,
  streams: {},
});

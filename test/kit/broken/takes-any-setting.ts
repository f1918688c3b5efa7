import { defineSource, secret, z } from "../../../sdk/index.js";
import { api } from "./settings.js";

/** Takes settings that it does not know. */
export default defineSource({
  name: "takes-any-setting",
  config: z.object({ token: secret("Token of the API") }),
  http: api,
  streams: {},
});

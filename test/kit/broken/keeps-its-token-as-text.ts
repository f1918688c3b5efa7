import { defineSource, z } from "../../../sdk/index.js";

/** Declares its token as plain text, which prints as it is. */
export default defineSource({
  name: "keeps-its-token-as-text",
  config: z.strictObject({ token: z.string().describe("Token of the API") }),
  http: ({ token }) => ({ baseUrl: "https://items.example", headers: { authorization: `Bearer ${token}` } }),
  streams: {},
});

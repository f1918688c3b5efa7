import { secret, z } from "../../../sdk/index.js";

/** The settings that the broken connectors share. */
export const settings = z.strictObject({ token: secret("Token of the API") });

/** What they tell their HTTP client. */
export function api({ token }: z.output<typeof settings>) {
  return { baseUrl: "https://items.example", headers: { authorization: `Bearer ${token.reveal()}` } };
}

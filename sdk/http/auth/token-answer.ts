import { ConfigError, type SluiceError } from "../../errors.js";
import type { Json, JsonObject } from "../../json.js";
import type { Query } from "../request.js";
import { valueAt } from "../value-at.js";
import type { AuthSession } from "./authenticator.js";
import type { Token } from "./held-token.js";

export interface TokenRequest {
  readonly url: string;
  readonly form: Query;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Asks a token endpoint (RFC 6749, 5.1).
 * @throws ConfigError `http.token_refused` where the endpoint refuses, naming what it says
 */
export async function askForToken(
  { url, form, headers = {} }: TokenRequest,
  session: AuthSession,
): Promise<TokenAnswer> {
  const body = await session
    .send({ method: "POST", url, form, headers: { accept: "application/json", ...headers } })
    .then((response) => response.json() as JsonObject)
    .catch((error: SluiceError) => {
      if (error.kind !== "config" || error.code === "http.address_refused") throw error;
      throw refusal(url, error);
    });
  const value = valueAt(body, "access_token");
  if (typeof value !== "string") throw refusal(url, undefined);
  const seconds = Number(valueAt(body, "expires_in") ?? Number.NaN);
  const refreshToken = valueAt(body, "refresh_token");
  return {
    token: { value, goodForMs: Number.isFinite(seconds) ? seconds * 1000 : undefined },
    refreshToken: typeof refreshToken === "string" ? refreshToken : undefined,
    body,
  };
}

export interface TokenAnswer {
  readonly token: Token;
  readonly refreshToken: string | undefined;
  readonly body: Json;
}

function refusal(url: string, cause: SluiceError | undefined): ConfigError {
  const { host, pathname } = new URL(url);
  const message = cause?.message ?? "its answer has no access_token";
  return new ConfigError("http.token_refused", `no token from ${host}${pathname}: ${message}`, {
    hint: "check the client's id and secret, and that the consent still stands; a used or revoked refresh token must be made anew",
    ...(cause === undefined ? {} : { cause }),
  });
}

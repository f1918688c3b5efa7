import type { Query } from "../request.js";
import type { Authenticator, AuthSession } from "./authenticator.js";
import { heldToken, type Token } from "./held-token.js";
import { revealed, type SecretText } from "./plain-auth.js";
import { askForToken } from "./token-answer.js";

/** What both grants of OAuth 2.0 (RFC 6749) need. */
export interface OAuth2Client {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: SecretText;
  readonly scope?: string;
  /** More parameters of the token request, such as `audience`. */
  readonly form?: Query;
  /** Where the client's secret goes: the form, or the Authorization header. */
  readonly clientIn?: "form" | "header";
}

/** Where a refresh token that replaces the one in the settings is kept from run to run. */
export interface TokenKeeper {
  /** The one kept last; undefined where none was. */
  load(): Promise<string | undefined>;
  /** Resolves when it is safe on disk. */
  save(token: string): Promise<void>;
}

export interface RefreshTokenGrant extends OAuth2Client {
  readonly refreshToken: SecretText;
  /** Servers may give a new refresh token with each access token and take the old one no more: see `keepToken`. */
  readonly keeper?: TokenKeeper;
}

/** Tokens for the client itself: grant type `client_credentials`. */
export function clientCredentials(client: OAuth2Client): Authenticator {
  const get = async (session: AuthSession) =>
    (await askForToken(request(client, { grant_type: "client_credentials" }), session)).token;
  return heldToken({ get, proof, secrets: () => secretsOf(client) });
}

/**
 * Tokens on behalf of a user who has given consent: grant type `refresh_token`. A refresh token that comes with an access
 * token replaces the old one, and is saved before the access token is used: whatever happens then, the next run has it.
 */
export function refreshTokenGrant({ refreshToken, keeper, ...client }: RefreshTokenGrant): Authenticator {
  let current: string | undefined;

  async function get(session: AuthSession): Promise<Token> {
    current ??= (await keeper?.load()) ?? revealed(refreshToken);
    const form = { grant_type: "refresh_token", refresh_token: current };
    const answer = await askForToken(request(client, form), session);
    if (answer.refreshToken !== undefined && answer.refreshToken !== current) {
      current = answer.refreshToken;
      await keeper?.save(current);
    }
    return answer.token;
  }

  return heldToken({
    get,
    proof,
    secrets: () => [...secretsOf(client), revealed(refreshToken), ...(current === undefined ? [] : [current])],
  });
}

function request(
  { tokenUrl: url, clientId, clientSecret, scope, form, clientIn = "form" }: OAuth2Client,
  grant: Query,
) {
  const secret = clientSecret === undefined ? undefined : revealed(clientSecret);
  if (clientIn === "form")
    return { url, form: { ...grant, client_id: clientId, client_secret: secret, scope, ...form } };
  // Both parts are form-encoded first (RFC 6749, 2.3.1).
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret ?? "")}`;
  return {
    url,
    form: { ...grant, scope, ...form },
    headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
  };
}

function proof(token: string) {
  return { headers: { authorization: `Bearer ${token}` } };
}

function secretsOf({ clientSecret }: OAuth2Client): string[] {
  return clientSecret === undefined ? [] : [revealed(clientSecret)];
}

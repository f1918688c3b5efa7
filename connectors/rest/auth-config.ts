import {
  type Authenticator,
  apiKey,
  basic,
  bearer,
  type ConnectorContext,
  clientCredentials,
  jwtBearer,
  keepToken,
  refreshTokenGrant,
  secret,
  sessionToken,
  z,
} from "../../sdk/index.js";

const client = {
  token_url: z.url().describe("Where tokens are asked for"),
  client_id: z.string().describe("The client's id"),
  scope: z.string().optional().describe("Scopes, as the server writes them"),
  form: z.record(z.string(), z.string()).default({}).describe("More parameters of the token request"),
  client_in: z.enum(["form", "header"]).default("form").describe("Where the client's secret goes"),
};

/** How a server is shown who asks. */
export const authConfig = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("bearer"), token: secret("The token") }),
  z.strictObject({
    type: z.literal("basic"),
    username: z.string().describe("The user's name"),
    password: secret("The user's password"),
  }),
  z.strictObject({
    type: z.literal("api_key"),
    in: z.enum(["header", "query", "cookie"]).default("header").describe("Where the server looks for the key"),
    name: z.string().describe("Name of the header, parameter or cookie"),
    key: secret("The key"),
    prefix: z.string().default("").describe("What stands before the key, such as `Token `"),
  }),
  z.strictObject({
    type: z.literal("oauth2_client_credentials"),
    client_secret: secret("The client's secret"),
    ...client,
  }),
  z.strictObject({
    type: z.literal("oauth2_refresh_token"),
    client_secret: secret("The client's secret").optional(),
    refresh_token: secret("The refresh token of a consent; one that replaces it is kept in .sluice/tokens"),
    ...client,
  }),
  z.strictObject({
    type: z.literal("jwt_bearer"),
    token_url: z.url().describe("Where the signed token is changed for an access token"),
    algorithm: z
      .enum(["RS256", "RS384", "RS512", "ES256", "ES384", "HS256"])
      .default("RS256")
      .describe("How it is signed"),
    private_key: secret("The private key as PEM"),
    key_id: z.string().optional().describe("Name of the key, in the token's head"),
    claims: z.record(z.string(), z.json()).describe("iss, sub, aud, scope and others"),
  }),
  z.strictObject({
    type: z.literal("session_token"),
    path: z.string().describe("Path of the login"),
    json: z.record(z.string(), secret("A value of the login")).describe("What is sent to it"),
    token: z.string().describe("Path of the token in its answer"),
    header: z.string().default("authorization").describe("The header that shows the token"),
    prefix: z.string().default("Bearer ").describe("What stands before the token there"),
  }),
]);

type AuthConfig = z.output<typeof authConfig>;

export function authenticatorOf(config: AuthConfig, context: ConnectorContext): Authenticator {
  switch (config.type) {
    case "bearer":
      return bearer(config.token);
    case "basic":
      return basic(config.username, config.password);
    case "api_key":
      return apiKey(config);
    case "oauth2_client_credentials":
      return clientCredentials({ ...clientOf(config), clientSecret: config.client_secret });
    case "oauth2_refresh_token":
      return refreshTokenGrant({
        ...clientOf(config),
        ...(config.client_secret === undefined ? {} : { clientSecret: config.client_secret }),
        refreshToken: config.refresh_token,
        keeper: keepToken(context, config.refresh_token),
      });
    case "jwt_bearer":
      return jwtBearer({
        tokenUrl: config.token_url,
        algorithm: config.algorithm,
        key: config.private_key,
        claims: config.claims,
        ...(config.key_id === undefined ? {} : { keyId: config.key_id }),
      });
    case "session_token": {
      const { path, token, header, prefix } = config;
      const login = Object.fromEntries(Object.entries(config.json).map(([name, value]) => [name, value.reveal()]));
      return sessionToken({
        login: { method: "POST", url: path, json: login },
        token,
        proof: (value) => ({ headers: { [header]: prefix + value } }),
        secrets: Object.values(login),
      });
    }
  }
}

function clientOf({ token_url, client_id, scope, form, client_in }: Extract<AuthConfig, { client_id: string }>) {
  const client = { tokenUrl: token_url, clientId: client_id, form, clientIn: client_in };
  return scope === undefined ? client : { ...client, scope };
}

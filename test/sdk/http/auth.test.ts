import { createHmac, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Authenticator } from "../../../sdk/http/auth/authenticator.js";
import { jwt, jwtBearer, signedJwt } from "../../../sdk/http/auth/jwt.js";
import { keepToken } from "../../../sdk/http/auth/keep-token.js";
import { clientCredentials, refreshTokenGrant } from "../../../sdk/http/auth/oauth2.js";
import { apiKey, basic, bearer } from "../../../sdk/http/auth/plain-auth.js";
import { sessionToken } from "../../../sdk/http/auth/session-token.js";
import { createHttp } from "../../../sdk/http/create-http.js";
import { type Answer, type HttpServer, httpServer } from "../../support/http-server.js";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: Answer): Promise<HttpServer> {
  const server = await httpServer(answer);
  closing.push(() => server.close());
  return server;
}

function client(server: HttpServer, auth: Authenticator) {
  const surroundings = { signal: new AbortController().signal, memoryBytes: 2 ** 26, log: () => undefined };
  const http = createHttp({ baseUrl: server.url, auth, retry: { firstMs: 5, attempts: 2 } }, surroundings);
  closing.push(() => http.close());
  return http;
}

/** An API whose tokens are good for one request, and its token endpoint; refresh tokens are good for one use. */
function oauthServer(expires = 3600) {
  const state = { issued: 0, refresh: "r0", valid: "", uses: 0 };
  const answer: Answer = ({ path, headers, body }, response) => {
    if (path === "/token") {
      const form = new URLSearchParams(body);
      if (form.get("grant_type") === "refresh_token" && form.get("refresh_token") !== state.refresh) {
        return void response.writeHead(400).end('{"error":"invalid_grant"}');
      }
      state.issued += 1;
      state.refresh = `r${state.issued}`;
      state.valid = `a${state.issued}`;
      state.uses = 0;
      return { access_token: state.valid, refresh_token: state.refresh, expires_in: expires };
    }
    state.uses += 1;
    if (headers.authorization !== `Bearer ${state.valid}` || state.uses > 2) {
      return void response.writeHead(401).end("expired");
    }
    return { ok: true };
  };
  return { state, answer };
}

test.each<[string, Authenticator, (request: HttpServer["requests"][number]) => unknown, string]>([
  ["bearer", bearer("t"), ({ headers }) => headers.authorization, "Bearer t"],
  ["basic", basic("u", "pä"), ({ headers }) => headers.authorization, "Basic dTpww6Q="],
  [
    "a key in a header",
    apiKey({ in: "header", name: "X-Key", key: "k", prefix: "Token " }),
    ({ headers }) => headers["x-key"],
    "Token k",
  ],
  ["a key in the query", apiKey({ in: "query", name: "key", key: "k&" }), ({ query }) => query.get("key"), "k&"],
  ["a key in a cookie", apiKey({ in: "cookie", name: "key", key: "k" }), ({ headers }) => headers.cookie, "key=k"],
])("%s stands where it must", async (_, auth, found, expected) => {
  const server = await serve(() => ({}));
  await client(server, auth).get("x");
  expect(found(server.requests[0]!)).toBe(expected);
});

test("a secret does not stand in the message of a refusal, though the server repeats it", async () => {
  const server = await serve(({ query }, response) => void response.writeHead(400).end(`bad key ${query.get("key")}`));
  const refused = client(server, apiKey({ in: "query", name: "key", key: "canary-77" })).get("x");
  await expect(refused).rejects.toThrow("bad key [secret]");
  await expect(refused).rejects.not.toThrow("canary-77");
});

describe("OAuth 2.0", () => {
  test("gets a token once for many requests, and another when it is refused in the middle", async () => {
    const { state, answer } = oauthServer();
    const server = await serve(answer);
    const http = client(
      server,
      clientCredentials({ tokenUrl: `${server.url}/token`, clientId: "c", clientSecret: "s" }),
    );
    await Promise.all([http.get("x"), http.get("x")]);
    expect(state.issued).toBe(1);
    await http.get("x");
    expect(state.issued).toBe(2);
    const login = new URLSearchParams(server.requests.find(({ path }) => path === "/token")!.body);
    expect(Object.fromEntries(login)).toEqual({ grant_type: "client_credentials", client_id: "c", client_secret: "s" });
  });

  test("gets another when the time of the first is over", async () => {
    const { state, answer } = oauthServer(0);
    const server = await serve(answer);
    const http = client(
      server,
      clientCredentials({ tokenUrl: `${server.url}/token`, clientId: "c", clientIn: "header" }),
    );
    await http.get("x");
    await http.get("x");
    expect(state.issued).toBe(2);
  });

  test("saves a refresh token of one use before the access token is used, and goes on with it the next time", async () => {
    const { answer } = oauthServer();
    const projectDir = mkdtempSync(join(tmpdir(), "sluice-token-"));
    closing.push(() => rmSync(projectDir, { recursive: true }));
    const keeper = keepToken({ projectDir }, "r0");
    const saved: (string | undefined)[] = [];
    const server = await serve(async (request, response) => {
      if (request.path !== "/token") saved.push(await keeper.load());
      return answer(request, response);
    });
    const auth = () =>
      refreshTokenGrant({ tokenUrl: `${server.url}/token`, clientId: "c", refreshToken: "r0", keeper });
    await client(server, auth()).get("x");
    await client(server, auth()).get("x");
    expect(saved).toEqual(["r1", "r2"]);
    const [file] = readdirSync(join(projectDir, ".sluice/tokens")).filter((name) => name !== ".gitignore");
    expect(statSync(join(projectDir, ".sluice/tokens", file!)).mode & 0o777).toBe(0o600);
  });

  test("says that the consent is gone", async () => {
    const server = await serve(oauthServer().answer);
    const auth = refreshTokenGrant({ tokenUrl: `${server.url}/token`, clientId: "c", refreshToken: "used" });
    await expect(client(server, auth).get("x")).rejects.toMatchObject({
      kind: "config",
      code: "http.token_refused",
      message: expect.stringContaining("invalid_grant"),
    });
  });
});

describe("a JSON Web Token", () => {
  const now = Date.UTC(2026, 0, 1);
  const parts = (token: string) => {
    const [header, payload, signature] = token.split(".");
    const json = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString());
    return { header: json(header!), payload: json(payload!), signed: `${header}.${payload}`, signature: signature! };
  };

  test.each([
    ["RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ] as const)("signed with %s is verified by the public key", (algorithm, { privateKey, publicKey }) => {
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const token = signedJwt({ algorithm, key: key.replaceAll("\n", "\\n"), keyId: "k1", claims: { iss: "me" } }, now);
    const { header, payload, signed, signature } = parts(token);
    expect(header).toEqual({ alg: algorithm, typ: "JWT", kid: "k1" });
    expect(payload).toEqual({ iat: now / 1000, exp: now / 1000 + 300, iss: "me" });
    const verifier = {
      key: createPublicKey(publicKey.export({ type: "spki", format: "pem" })),
      dsaEncoding: "ieee-p1363",
    } as const;
    expect(verify("sha256", Buffer.from(signed), verifier, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test("signed with a shared secret", () => {
    const { signed, signature } = parts(signedJwt({ algorithm: "HS256", key: "s", claims: {} }, now));
    expect(signature).toBe(createHmac("sha256", "s").update(signed).digest("base64url"));
  });

  test("is shown itself, or changed for an access token", async () => {
    const { answer } = oauthServer();
    const server = await serve((request, response) =>
      request.path === "/jwt" ? { ok: 1 } : answer(request, response),
    );
    const options = { algorithm: "HS256", key: "s", claims: { iss: "me" } } as const;
    await client(server, jwt(options)).get("jwt");
    expect(parts(server.requests[0]!.headers.authorization!.slice(7)).payload.iss).toBe("me");
    await client(server, jwtBearer({ ...options, tokenUrl: `${server.url}/token` })).get("x");
    expect(server.requests.find(({ path }) => path === "/token")!.body).toContain("jwt-bearer");
  });

  test("with a key that is none is an error of the user", () => {
    expect(() => signedJwt({ algorithm: "RS256", key: "none", claims: {} }, now)).toThrow(
      expect.objectContaining({ code: "http.jwt_key" }),
    );
  });
});

test("a session's token is got by a login, and again when the session ends", async () => {
  let session = 0;
  const server = await serve(({ path, headers }, response) => {
    if (path === "/login") return { session: { id: `s${++session}` } };
    if (headers["x-session"] !== `s${session}` || (session === 1 && path === "/late")) {
      return void response.writeHead(401).end();
    }
    return { ok: 1 };
  });
  const http = client(
    server,
    sessionToken({
      login: { method: "POST", url: "login", json: { user: "u" } },
      token: "session.id",
      proof: (token) => ({ headers: { "x-session": token } }),
    }),
  );
  await http.get("early");
  await http.get("late");
  expect(session).toBe(2);
});

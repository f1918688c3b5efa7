import { describe, expect, test } from "vitest";
import type { Authenticator } from "../../../../connectors/airbyte-manifest/auth/authenticator.js";
import { createAuthenticator } from "../../../../connectors/airbyte-manifest/auth/create-authenticator.js";
import { buildRequester } from "../../../../connectors/airbyte-manifest/requests/build-requester.js";
import { type FakeOptions, type FakeRuntime, fakeRuntime, json, of } from "../fake-runtime.js";

function open(
  component: object,
  options: FakeOptions = {},
): { readonly auth: Authenticator; readonly runtime: FakeRuntime } {
  const runtime = fakeRuntime(options);
  const createRequester = (nested: Parameters<typeof buildRequester>[0]) => buildRequester(nested, runtime);
  return {
    auth: createAuthenticator(of(component), runtime, { baseUrl: "https://api.test", createRequester }),
    runtime,
  };
}

const oauth = {
  type: "OAuthAuthenticator",
  client_id: "{{ config['id'] }}",
  client_secret: "{{ config['secret'] }}",
  refresh_token: "{{ config['refresh'] }}",
  token_refresh_endpoint: "https://api.test/oauth/token",
};
const config = { id: "me", secret: "s3", refresh: "r0" };

describe("OAuth", () => {
  test("a token is got once, used while it is good, and got anew when it has expired", async () => {
    const { auth, runtime } = open(oauth, {
      config,
      answer: (_, count) => json({ access_token: `t${count}`, expires_in: 60 }),
    });
    expect(await auth.header()).toEqual(["Authorization", "Bearer t1"]);
    expect(await auth.header()).toEqual(["Authorization", "Bearer t1"]);
    await runtime.pause(61);
    expect(await auth.header()).toEqual(["Authorization", "Bearer t2"]);
    expect(runtime.requests[0]?.body).toBe("grant_type=refresh_token&client_id=me&client_secret=s3&refresh_token=r0");
  });

  test("requests that find it expired at the same time get one new token between them", async () => {
    const { auth, runtime } = open(oauth, { config, answer: () => json({ access_token: "t" }) });
    await Promise.all([auth.header(), auth.header(), auth.header()]);
    expect(runtime.requests).toHaveLength(1);
  });

  test("a refresh token that is good for one use is saved before the access token is used", async () => {
    const updater = {
      refresh_token_config_path: ["refresh"],
      access_token_config_path: ["access"],
      token_expiry_date_config_path: ["expires"],
    };
    const answer = (_: unknown, count: number) =>
      json({ access_token: `t${count}`, refresh_token: `r${count}`, expires_in: 60 });
    const { auth, runtime } = open({ ...oauth, refresh_token_updater: updater }, { config, answer });
    expect(await auth.header()).toEqual(["Authorization", "Bearer t1"]);
    expect(runtime.saved.map((text) => JSON.parse(text).refresh)).toEqual(["r1"]);
    await runtime.pause(61);
    await auth.header();
    expect(runtime.requests[1]?.body).toContain("refresh_token=r1");
  });

  test("a time of expiry in a format of its own is one for single-use tokens too", async () => {
    const updater = { access_token_config_path: ["access"], refresh_token_config_path: ["refresh"] };
    const component = { ...oauth, token_expiry_date_format: "%Y-%m-%dT%H:%M:%SZ", refresh_token_updater: updater };
    const answer = (_: unknown, count: number) =>
      json({ access_token: `t${count}`, refresh_token: "r", expires_in: "2024-03-10T12:01:00Z" });
    const { auth, runtime } = open(component, { config: { ...config, credentials: {} }, answer });
    expect([await auth.header(), await auth.header()].map((header) => header?.[1])).toEqual(["Bearer t1", "Bearer t1"]);
    await runtime.pause(61);
    expect(await auth.header()).toEqual(["Authorization", "Bearer t2"]);
  });

  test("a spent refresh token is a config error that says to sign in again", async () => {
    const { auth } = open(oauth, { config, answer: () => json({ error: "invalid_grant" }, 400) });
    await expect(auth.header()).rejects.toMatchObject({
      kind: "config",
      code: "manifest.token",
      hint: expect.stringContaining("sign in again"),
    });
  });

  test.each([
    [{ scope: "all" }, "has no 'access_token': it has scope"],
    [{ access_token: null }, "has no 'access_token'"],
    [{ access_token: "" }, "has no 'access_token'"],
    [[], "has no 'access_token'"],
    ["no", "has no 'access_token'"],
  ])("an answer of %j is a config error that names what is missing, and shows no value", async (body, message) => {
    const { auth, runtime } = open(oauth, { config, answer: () => json(body) });
    await expect(auth.header()).rejects.toMatchObject({
      kind: "config",
      code: "manifest.token",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("access_token_name"),
    });
    expect(runtime.requests).toHaveLength(1);
  });

  test("a token is found in what an answer nests, to five levels", async () => {
    const nested = (levels: number): object => (levels === 0 ? { access_token: "t" } : { data: [nested(levels - 2)] });
    expect(await open(oauth, { config, answer: () => json(nested(4)) }).auth.header()).toEqual([
      "Authorization",
      "Bearer t",
    ]);
    const { auth } = open(oauth, { config, answer: () => json({ deep: nested(6), access: "later" }) });
    await expect(auth.header()).rejects.toThrow("first 5 levels");
  });

  test("a refresh token that comes without an access token is not lost", async () => {
    const updater = { refresh_token_config_path: ["refresh"], access_token_config_path: ["access"] };
    const { auth, runtime } = open(
      { ...oauth, refresh_token_updater: updater },
      { config, answer: () => json({ refresh_token: "r1" }) },
    );
    await expect(auth.header()).rejects.toMatchObject({ code: "manifest.token" });
    expect(runtime.saved.map((text) => JSON.parse(text).refresh)).toEqual(["r1"]);
  });

  test("a server that fails is asked again", async () => {
    const { auth, runtime } = open(oauth, {
      config,
      answer: (_, count) => (count < 3 ? json({}, 503) : json({ access_token: "t" })),
    });
    expect(await auth.header()).toEqual(["Authorization", "Bearer t"]);
    expect(runtime.waits).toEqual([1, 2]);
  });
});

describe("the others", () => {
  test.each([
    [{ type: "BearerAuthenticator", api_token: "{{ config['id'] }}" }, ["Authorization", "Bearer me"]],
    [{ type: "BasicHttpAuthenticator", username: "ü", password: "p" }, ["Authorization", "Basic w7w6cA=="]],
    [{ type: "ApiKeyAuthenticator", api_token: "k", header: "X-Key" }, ["X-Key", "k"]],
    [{ type: "NoAuth" }, undefined],
    [
      {
        type: "SelectiveAuthenticator",
        authenticator_selection_path: ["id"],
        authenticators: { me: { type: "BearerAuthenticator", api_token: "x" } },
      },
      ["Authorization", "Bearer x"],
    ],
  ])("%j", async (component, header) => {
    expect(await open(component, { config }).auth.header()).toEqual(header);
  });

  test("an API key goes where its option says", async () => {
    const { auth } = open({
      type: "ApiKeyAuthenticator",
      api_token: "k",
      inject_into: { type: "RequestOption", inject_into: "body_json", field_path: ["a", "b"] },
    });
    expect([await auth.header(), await auth.options("body_json")]).toEqual([undefined, of({ a: { b: "k" } })]);
  });

  test("a signed token is one of RFC 7519", async () => {
    const { auth } = open(
      {
        type: "JwtAuthenticator",
        secret_key: "{{ config['secret'] }}",
        algorithm: "HS256",
        token_duration: 60,
        jwt_payload: { iss: "{{ config['id'] }}" },
      },
      { config },
    );
    const [, token = ""] = (await auth.header()) ?? [];
    const [header = "", payload = ""] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
    expect(header).toBe('{"alg":"HS256","typ":"JWT"}');
    expect(JSON.parse(payload)).toEqual({ iss: "me", iat: 1710072000, exp: 1710072060, nbf: 1710072000 });
  });

  test("a choice that the manifest does not know is told with those it knows", () => {
    const selective = {
      type: "SelectiveAuthenticator",
      authenticator_selection_path: ["id"],
      authenticators: { you: { type: "NoAuth" } },
    };
    expect(() => open(selective, { config })).toThrow(/'id' is 'me': the manifest knows you/);
  });
});

import { describe, expect, test } from "vitest";
import { createAuthenticator } from "../../../../connectors/airbyte-manifest/auth/create-authenticator.js";
import { buildRequester } from "../../../../connectors/airbyte-manifest/requests/build-requester.js";
import { type FakeOptions, fakeRuntime, json, of } from "../fake-runtime.js";
import { requester } from "../read-manifest.js";

function open(component: object, options: FakeOptions) {
  const runtime = fakeRuntime(options);
  const createRequester = (nested: Parameters<typeof buildRequester>[0]) => buildRequester(nested, runtime);
  const auth = createAuthenticator(of(component), runtime, { baseUrl: "https://api.test", createRequester });
  return { auth, runtime };
}

const session = (request_authentication: object, more: object = {}) => ({
  type: "SessionTokenAuthenticator",
  login_requester: requester("login", { http_method: "POST", request_body_json: { user: "{{ config['user'] }}" } }),
  session_token_path: ["data", "token"],
  request_authentication,
  ...more,
});
const login: FakeOptions = { config: { user: "me" }, answer: (_, count) => json({ data: { token: `t${count}` } }) };

describe("a session", () => {
  test("is logged into once for as long as its token lives", async () => {
    const { auth, runtime } = open(session({ type: "Bearer" }, { expiration_duration: "PT1M" }), login);
    expect([await auth.header(), await auth.header()]).toEqual([
      ["Authorization", "Bearer t1"],
      ["Authorization", "Bearer t1"],
    ]);
    await runtime.pause(61);
    expect(await auth.header()).toEqual(["Authorization", "Bearer t2"]);
    expect(runtime.requests[0]).toMatchObject({ method: "POST", body: '{"user": "me"}' });
  });

  test("may want its token elsewhere, in words of its own", async () => {
    const key = {
      type: "ApiKey",
      api_token: "Session {{ session_token }}",
      inject_into: { type: "RequestOption", inject_into: "request_parameter", field_name: "sid" },
    };
    const { auth } = open(session(key, { expiration_duration: "PT1M" }), login);
    expect([await auth.header(), await auth.options("request_parameter")]).toEqual([
      undefined,
      of({ sid: "Session t1" }),
    ]);
  });

  test("whose login gives no token is an error that says where it should have been", async () => {
    const { auth } = open(session({ type: "Bearer" }), { ...login, answer: () => json({ data: {} }) });
    await expect(auth.header()).rejects.toMatchObject({
      code: "manifest.login",
      message: expect.stringContaining("data.token"),
    });
  });
});

test("an older kind of session checks the token of the config, and logs in where it is not valid", async () => {
  const legacy = {
    type: "LegacySessionTokenAuthenticator",
    header: "X-Session",
    login_url: "/session",
    validate_session_url: "/me",
    session_token: "{{ config['token'] }}",
    session_token_response_key: "id",
    username: "u",
    password: "p",
  };
  const { auth, runtime } = open(legacy, {
    config: { token: "old" },
    answer: ({ url }) => (url.endsWith("/me") ? json({}, 401) : json({ id: "new" })),
  });
  expect(await auth.header()).toEqual(["X-Session", "new"]);
  expect(runtime.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET https://api.test/me",
    "POST https://api.test/session",
  ]);
  const valid = open(legacy, { config: { token: "good" } });
  expect(await valid.auth.header()).toEqual(["X-Session", "good"]);
});

import { expect, test } from "vitest";
import { buildRequester } from "../../../../connectors/airbyte-manifest/requests/build-requester.js";
import type { WireRequest } from "../../../../connectors/airbyte-manifest/requests/exchange.js";
import { type FakeRuntime, fakeRuntime, json, of } from "../fake-runtime.js";

const quota = {
  type: "TokenQuota",
  name: "core",
  remaining_path: ["core", "left"],
  reset_path: ["core", "reset"],
  limit_path: ["core", "limit"],
};
const now = Date.parse("2024-03-10T12:00:00Z") / 1000;

/** A server that counts: each token has `calls` calls, all of which come back after `seconds`. */
function counting(calls: number, seconds: number) {
  const used = new Map<string, number>();
  const tokenOf = ({ headers }: WireRequest) => headers.get("Authorization") ?? "none";
  return ({ url, ...request }: WireRequest) => {
    const token = tokenOf({ url, ...request });
    const left = calls - (used.get(token) ?? 0);
    if (url.endsWith("/limits")) return json({ core: { left, reset: now + seconds, limit: 5000 } });
    used.set(token, (used.get(token) ?? 0) + 1);
    return json({});
  };
}

function open(runtime: FakeRuntime, more: object = {}) {
  const authenticator = {
    type: "RateLimitedMultipleTokenAuthenticator",
    tokens: "{{ config['tokens'] }}",
    auth_method: "token",
    quota_status_source: { type: "QuotaStatusSource", url: "https://api.test/limits" },
    quotas: [quota],
    budget_min_reserve: 0,
    budget_reserve_fraction: 0,
    ...more,
  };
  const requester = { type: "HttpRequester", url_base: "https://api.test", path: "items", authenticator };
  return buildRequester(of(requester), runtime);
}

const sent = (runtime: FakeRuntime) =>
  runtime.requests.map(({ url, headers }) => `${url.split("/").at(-1)} ${headers.get("Authorization")}`);

test("each token is asked for once, and the next one is taken when one has no calls left", async () => {
  const runtime = fakeRuntime({ config: { tokens: "a, b,," }, answer: counting(2, 600) });
  const requester = open(runtime);
  for (let i = 0; i < 4; i++) await requester.send({});
  expect(sent(runtime)).toEqual([
    "limits token a",
    "limits token b",
    "items token a",
    "items token a",
    "items token b",
    "items token b",
  ]);
  expect(runtime.waits).toEqual([]);
});

test("where no token has calls left it waits for the reset and asks again; a wait beyond the longest fails", async () => {
  let asked = 0;
  const answer = ({ url }: WireRequest) =>
    url.endsWith("/limits") ? json({ core: { left: asked++ < 2 ? 0 : 5, reset: now + 600, limit: 5 } }) : json({});
  const runtime = fakeRuntime({ config: { tokens: "a,b" }, answer });
  await open(runtime).send({});
  expect(runtime.waits).toEqual([600]);
  expect(sent(runtime).at(-1)).toBe("items token a");

  asked = 0;
  const hurried = fakeRuntime({ config: { tokens: "a" }, answer });
  await expect(open(hurried, { max_wait_time: "PT5M" }).send({})).rejects.toMatchObject({
    code: "manifest.rate_limited",
    message: expect.stringContaining("core"),
  });
});

test("the last calls are spread over the time until the reset", async () => {
  const runtime = fakeRuntime({ config: { tokens: "a" }, answer: counting(11, 50) });
  const requester = open(runtime, { budget_min_reserve: 10 });
  await requester.send({});
  await requester.send({});
  expect(runtime.waits).toEqual([5, 5]);
});

test("two streams with the same tokens count together", async () => {
  const runtime = fakeRuntime({ config: { tokens: "a,b" }, answer: counting(1, 600) });
  await open(runtime, { $parameters: { name: "one" } }).send({});
  await open(runtime, { $parameters: { name: "two" } }).send({});
  expect(sent(runtime)).toEqual(["limits token a", "limits token b", "items token a", "items token b"]);
});

test("an answer that says the token is spent makes the next attempt go out with another one at once", async () => {
  let items = 0;
  const answer = ({ url }: WireRequest) => {
    if (url.endsWith("/limits")) return json({ core: { left: 100, reset: now + 600, limit: 100 } });
    return items++ === 0 ? json({}, 429, { "x-left": "0", "x-reset": String(now + 600) }) : json({});
  };
  const runtime = fakeRuntime({ config: { tokens: "a,b" }, answer });
  const aware = { ...quota, remaining_header: "X-Left", reset_header: "X-Reset", exhaustion_status_codes: [429] };
  await open(runtime, { quotas: [aware] }).send({});
  expect(runtime.waits).toEqual([1.1]);
  expect(sent(runtime).slice(2)).toEqual(["items token a", "items token b"]);
});

test("pools are told apart by the requests that belong to them", async () => {
  const search = {
    ...quota,
    name: "search",
    remaining_path: ["search", "left"],
    reset_path: ["core", "reset"],
    matchers: [{ type: "HttpRequestRegexMatcher", url_path_pattern: "^/items" }],
  };
  const answer = ({ url, headers }: WireRequest) =>
    url.endsWith("/limits")
      ? json({
          core: { left: 0, reset: now + 600, limit: 1 },
          search: { left: headers.get("Authorization") === "token b" ? 1 : 0 },
        })
      : json({});
  const runtime = fakeRuntime({ config: { tokens: "a,b" }, answer });
  await open(runtime, { quotas: [quota, search] }).send({});
  expect(sent(runtime).at(-1)).toBe("items token b");
});

test("a status that means there are no limits lets the tokens take turns; any other failure ends the read", async () => {
  const answer = ({ url }: WireRequest) => (url.endsWith("/limits") ? json({}, 404) : json({}));
  const runtime = fakeRuntime({ config: { tokens: "a,b" }, answer });
  const source = { type: "QuotaStatusSource", url: "https://api.test/limits", unavailable_status_codes: [404] };
  const requester = open(runtime, { quota_status_source: source });
  for (let i = 0; i < 3; i++) await requester.send({});
  expect(sent(runtime).slice(2)).toEqual(["items token a", "items token b", "items token a"]);

  const strict = fakeRuntime({ config: { tokens: "a" }, answer });
  await expect(open(strict).send({})).rejects.toMatchObject({ code: "manifest.request_refused" });
});

test("a manifest whose path leads nowhere in the status is told so, and no tokens are an error of the config", async () => {
  const runtime = fakeRuntime({ config: { tokens: "a" }, answer: () => json({ other: 1 }) });
  await expect(open(runtime).send({})).rejects.toMatchObject({
    code: "manifest.quota",
    message: expect.stringContaining("remaining_path"),
  });
  expect(() => open(fakeRuntime({ config: { tokens: " , " } }))).toThrow(
    expect.objectContaining({ code: "manifest.authenticator" }),
  );
});

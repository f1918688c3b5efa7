import { expect, test } from "vitest";
import { createApiBudget } from "../../../../connectors/airbyte-manifest/requests/api-budget.js";
import { fakeRuntime, json, of } from "../fake-runtime.js";

const request = (path: string) => ({
  method: "GET",
  url: `https://api.test${path}`,
  headers: new Map<string, string>(),
});

function open(...policies: readonly object[]) {
  const runtime = fakeRuntime();
  return { runtime, budget: createApiBudget(of({ api_budget: { type: "HTTPAPIBudget", policies } }), runtime) };
}

const matcher = (path: string, weight?: number) => ({
  type: "HttpRequestRegexMatcher",
  url_path_pattern: path,
  ...(weight === undefined ? {} : { weight }),
});

test("calls beyond the rate wait until the oldest has left the window", async () => {
  const rate = { type: "Rate", limit: "{{ 2 }}", interval: "PT10S" };
  const { runtime, budget } = open({
    type: "MovingWindowCallRatePolicy",
    matchers: [matcher("^/slow")],
    rates: [rate],
  });
  for (let i = 0; i < 5; i++) await budget.acquire(request("/slow"));
  expect(runtime.waits).toEqual([10, 10]);
});

test("a request that weighs more takes more of it; one that no policy matches waits for nothing", async () => {
  const { runtime, budget } = open({
    type: "FixedWindowCallRatePolicy",
    matchers: [matcher("^/x", 2)],
    call_limit: 3,
    period: "PT1M",
  });
  for (let i = 0; i < 9; i++) await budget.acquire(request("/free"));
  expect(runtime.waits).toEqual([]);
  for (let i = 0; i < 2; i++) await budget.acquire(request("/x"));
  expect(runtime.waits).toEqual([60]);
});

test("the first policy that matches decides", async () => {
  const limited = { type: "FixedWindowCallRatePolicy", matchers: [], call_limit: 1, period: "PT1M" };
  const { runtime, budget } = open({ type: "UnlimitedCallRatePolicy", matchers: [matcher("^/free")] }, limited);
  for (const path of ["/free", "/free", "/other"]) await budget.acquire(request(path));
  expect(runtime.waits).toEqual([]);
});

function answered(headers: Readonly<Record<string, string>>, status = 200, more: object = {}) {
  const runtime = fakeRuntime();
  const policy = { type: "FixedWindowCallRatePolicy", matchers: [], call_limit: 10, period: "PT1H" };
  const budget = createApiBudget(of({ api_budget: { type: "HTTPAPIBudget", policies: [policy], ...more } }), runtime);
  return {
    runtime,
    budget,
    async call(times: number) {
      for (let i = 0; i < times; i++) await budget.acquire(request("/"));
      budget.observe(request("/"), json({}, status, headers));
    },
  };
}

test("what the server says is left counts where it is less, until the reset it names", async () => {
  const resetAt = Date.parse("2024-03-10T12:10:00Z") / 1000;
  const own = { "x-left": "1", "x-reset": String(resetAt) };
  const { runtime, call } = answered(own, 200, {
    ratelimit_remaining_header: "X-Left",
    ratelimit_reset_header: "X-Reset",
  });
  await call(1);
  await call(1);
  expect(runtime.waits).toEqual([]);
  await call(1);
  expect(runtime.waits).toEqual([600]);
});

test("a small number in the reset header is a number of seconds", async () => {
  const { runtime, call } = answered({ "ratelimit-remaining": "0", "ratelimit-reset": "30" });
  await call(1);
  await call(1);
  expect(runtime.waits).toEqual([30]);
});

test("a status that says the limit is hit leaves nothing of the window", async () => {
  const { runtime, call } = answered({}, 429);
  await call(1);
  await call(1);
  expect(runtime.waits).toEqual([3600]);
  const other = answered({}, 403, { status_codes_for_ratelimit_hit: [403] });
  await other.call(1);
  await other.call(1);
  expect(other.runtime.waits).toEqual([3600]);
});

test("more than the manifest allows is never taken, whatever the server offers", async () => {
  const { runtime, call } = answered({ "ratelimit-remaining": "1000" });
  for (let i = 0; i < 11; i++) await call(1);
  expect(runtime.waits).toEqual([3600]);
});

test("the pattern of a path is Python's, and the last value of a parameter counts", async () => {
  const policy = { type: "FixedWindowCallRatePolicy", call_limit: 1, period: "PT1M" };
  const own = { type: "HttpRequestRegexMatcher", url_path_pattern: "(?P<kind>x\\-y)\\Z", params: { a: "2" } };
  const { runtime, budget } = open({ ...policy, matchers: [own] });
  for (const path of ["/x-y?a=1", "/x-y?a=1", "/x-y/?a=1&a=2"]) await budget.acquire(request(path));
  expect(runtime.waits).toEqual([]);
  await budget.acquire(request("/x-y?a=2"));
  expect(runtime.waits).toEqual([60]);
});

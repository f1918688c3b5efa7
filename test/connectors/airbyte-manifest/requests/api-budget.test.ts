import { expect, test } from "vitest";
import { createApiBudget } from "../../../../connectors/airbyte-manifest/requests/api-budget.js";
import { fakeRuntime, of } from "../fake-runtime.js";

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

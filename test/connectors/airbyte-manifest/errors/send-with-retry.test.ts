import { describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../../connectors/airbyte-manifest/errors/error-handler.js";
import { sendWithRetry } from "../../../../connectors/airbyte-manifest/errors/send-with-retry.js";
import type { Answer } from "../../../../connectors/airbyte-manifest/requests/answer.js";
import type { WireRequest } from "../../../../connectors/airbyte-manifest/requests/exchange.js";
import { fakeRuntime, json, of } from "../fake-runtime.js";

const request = { method: "GET", url: "https://api.test/x?key=hidden", headers: new Map<string, string>() };

interface Trial {
  readonly handler?: unknown;
  readonly answers: readonly (Answer | Error)[];
}

async function send({ handler, answers }: Trial) {
  const runtime = fakeRuntime({ answer: (_, count) => answers[Math.min(count, answers.length) - 1] as Answer | Error });
  const authorized: number[] = [];
  const sending = {
    request,
    handler: createErrorHandler(handler === undefined ? undefined : of(handler), runtime),
    once: runtime.exchange,
    authorize: async (given: WireRequest) => {
      authorized.push(runtime.requests.length);
      return given;
    },
    refreshToken: async () => undefined,
  };
  const sent = await sendWithRetry(sending, runtime).catch((error: unknown) => error);
  return { sent, waits: runtime.waits, requests: runtime.requests.length, authorized };
}

const filter = (given: object) => ({
  type: "DefaultErrorHandler",
  response_filters: [{ type: "HttpResponseFilter", ...given }],
});

describe("without a word of the manifest", () => {
  test("a server's failure is tried again after 1, 2, 4, 8 and 16 seconds, signed anew each time", async () => {
    const { sent, waits, authorized } = await send({ answers: [json({}, 503)] });
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(authorized).toEqual([1, 2, 3, 4, 5]);
    expect(sent).toMatchObject({ kind: "transient", code: "manifest.retries_exhausted" });
  });

  test("so are a cut connection and a rate limit, until they pass", async () => {
    const { sent, waits } = await send({ answers: [new Error("ECONNRESET"), json({}, 429), json({ ok: 1 })] });
    expect(waits).toEqual([1, 1]);
    expect(sent).toMatchObject({ answer: { status: 200 } });
  });

  test.each([400, 401, 403, 404, 405])("%i fails at once, and tells no parameters", async (status) => {
    const { sent, requests } = await send({ answers: [json({ error: { message: "no" } }, status)] });
    expect(requests).toBe(1);
    expect(sent).toMatchObject({
      kind: "config",
      code: "manifest.request_refused",
      message: expect.stringContaining("no"),
    });
    expect(`${sent}`).not.toContain("hidden");
  });
});

describe("by the manifest", () => {
  test("filters come before the status: what is found in a good answer fails it", async () => {
    const handler = filter({
      action: "FAIL",
      predicate: "{{ response.code == 7 }}",
      error_message: "code {{ response.code }}",
      failure_type: "transient_error",
    });
    const { sent } = await send({ handler, answers: [json({ code: 7 })] });
    expect(sent).toMatchObject({ kind: "transient", message: expect.stringContaining("code 7") });
  });

  test.each([
    ["its status", { http_codes: [404] }],
    ["its message", { error_message_contains: "gone" }],
    ["its headers", { predicate: "{{ headers['x-gone'] == 'yes' }}" }],
  ])("an answer is ignored by %s", async (_, match) => {
    const { sent, requests } = await send({
      handler: filter({ action: "IGNORE", ...match }),
      answers: [json({ detail: "gone" }, 404, { "x-gone": "yes" })],
    });
    expect([requests, (sent as { answer: Answer }).answer.status]).toEqual([1, 404]);
  });

  test.each([
    ["ConstantBackoffStrategy", { backoff_time_in_seconds: 4 }, [5, 5]],
    ["ExponentialBackoffStrategy", { factor: 3 }, [7, 13]],
    ["WaitTimeFromHeader", { header: "Retry-After", regex: "[0-9]+" }, [31, 31]],
    ["WaitUntilTimeFromHeader", { header: "X-Reset" }, [21, 2]],
  ])("%s waits as it says, and one second more", async (type, given, waits) => {
    const handler = { type: "DefaultErrorHandler", max_retries: 2, backoff_strategies: [{ type, ...given }] };
    const reset = Date.parse("2024-03-10T12:00:20Z") / 1000;
    const refused = (until: number) => json({}, 503, { "retry-after": "30 s", "x-reset": String(until) });
    const answers = [refused(reset), refused(reset + 2), json({})];
    expect((await send({ handler, answers })).waits).toEqual(waits);
  });

  test("a wait longer than the manifest allows ends the read", async () => {
    const strategy = { type: "WaitTimeFromHeader", header: "Retry-After", max_waiting_time_in_seconds: 60 };
    const { sent, waits } = await send({
      handler: { type: "DefaultErrorHandler", backoff_strategies: [strategy] },
      answers: [json({}, 429, { "retry-after": "3600" })],
    });
    expect([waits, sent]).toEqual([[], expect.objectContaining({ code: "manifest.rate_limited" })]);
  });

  test("of several handlers only a verdict that goes on ends the asking; a refusal is the last one's word", async () => {
    const composite = (...handlers: unknown[]) => ({ type: "CompositeErrorHandler", error_handlers: handlers });
    const fails = filter({ action: "FAIL", http_codes: [418] });
    const ignores = filter({ action: "IGNORE", http_codes: [418] });
    const overruled = await send({ handler: composite(fails, ignores), answers: [json({}, 418)] });
    expect(overruled.sent).toMatchObject({ answer: { status: 418 } });
    const refused = await send({ handler: composite(ignores, fails), answers: [json({}, 404)] });
    expect(refused.sent).toMatchObject({ code: "manifest.request_refused" });
  });

  test("pages begin anew", async () => {
    expect(
      (await send({ handler: filter({ action: "RESET_PAGINATION", http_codes: [400] }), answers: [json({}, 400)] }))
        .sent,
    ).toBe("reset_pagination");
  });

  test("what is written in Python is refused by its name", () => {
    const custom = of({ type: "CustomErrorHandler", class_name: "a.b.Handler" });
    expect(() => createErrorHandler(custom, fakeRuntime())).toThrow(
      expect.objectContaining({ code: "manifest.not_runnable", message: expect.stringContaining("a.b.Handler") }),
    );
  });
});

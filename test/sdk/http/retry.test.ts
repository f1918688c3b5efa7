import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { askedWaitMs } from "../../../sdk/http/asked-wait.js";
import { backoffMs } from "../../../sdk/http/backoff.js";
import { decideRetry } from "../../../sdk/http/retry.js";

const now = Date.UTC(2026, 0, 1);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("back-off grows, is never nothing and never longer than its bound", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), random, (attempt, chance) => {
      const ms = backoffMs(attempt, chance, { firstMs: 100, mostMs: 5000 });
      const bound = Math.min(5000, 100 * 2 ** (attempt - 1));
      expect(ms).toBeGreaterThanOrEqual(bound / 10);
      expect(ms).toBeLessThanOrEqual(bound);
    }),
  );
});

test.each<[Record<string, string>, boolean, number | undefined]>([
  [{ "retry-after": "3" }, false, 3000],
  [{ "retry-after": "0.5" }, false, 500],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:07 GMT" }, false, 7000],
  [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, false, 0],
  [{ "retry-after": "soon" }, false, undefined],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 + 9) }, false, 9000],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now + 9) }, false, 9],
  [{ "ratelimit-remaining": "0", "ratelimit-reset": "12" }, false, 12_000],
  [{ "x-ratelimit-remaining": "5", "x-ratelimit-reset": "12" }, false, undefined],
  [{ "x-rate-limit-reset": "12" }, true, 12_000],
  [{}, true, undefined],
])("headers %j ask for a wait of (refused: %s) %s ms", (headers, refused, ms) => {
  expect(askedWaitMs(headers, now, refused)).toBe(ms);
});

describe("what follows a failed attempt", () => {
  test("a wait the server asked for is never cut short", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 800 }), random, (seconds, chance) => {
        const failure = { status: 429, headers: { "retry-after": String(seconds) } };
        const decision = decideRetry({ failure, failed: 1, now, random: chance });
        expect(decision).toMatchObject({ asked: true });
        expect(typeof decision === "object" && decision.waitMs).toBeGreaterThanOrEqual(seconds * 1000);
      }),
    );
  });

  test("errors of the user, the data or ourselves are not tried again", () => {
    for (const kind of ["config", "data", "system"] as const) {
      expect(decideRetry({ failure: { error: { kind } }, failed: 1, now, random: 0 })).toBe("give_up");
    }
    expect(decideRetry({ failure: { status: 404, headers: {} }, failed: 1, now, random: 0 })).toBe("give_up");
  });

  test("attempts end", () => {
    fc.assert(
      fc.property(fc.constantFrom("0", undefined), random, (after, chance) => {
        const headers = after === undefined ? {} : { "retry-after": after };
        expect(decideRetry({ failure: { status: 503, headers }, failed: 30, now, random: chance })).toBe("give_up");
      }),
    );
  });
});

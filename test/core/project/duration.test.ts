import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration } from "../../../core/project/duration.js";
import { ConfigError } from "../../../sdk/errors.js";

describe("parseDuration", () => {
  it.each([
    ["500ms", 500],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["1 d 2 h", 93_600_000],
    ["1w", 604_800_000],
    ["1.5h", 5_400_000],
  ])("reads %s as %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it("adds up parts of any units", () => {
    const parts = fc.array(fc.tuple(fc.nat(999), fc.constantFrom(["s", 1000], ["h", 3_600_000] as const)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(parts, (all) => {
        const text = all.map(([count, [unit]]) => `${count}${unit}`).join(" ");
        expect(parseDuration(text)).toBe(all.reduce((sum, [count, [, size]]) => sum + count * Number(size), 0));
      }),
    );
  });

  it.each(["", "1", "h", "1x", "1h x", "-1h", "one hour", "1h,2m"])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow(ConfigError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSize } from "../../../core/project/size.js";
import { ConfigError } from "../../../sdk/errors.js";

describe("parseSize", () => {
  it.each([
    ["512MiB", 536_870_912],
    ["512mib", 536_870_912],
    ["1 GB", 1_000_000_000],
    ["1.5g", 1_610_612_736],
    ["4096", 4096],
    ["64 k", 65_536],
    ["10 B", 10],
  ])("reads %s as %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it("reads every whole number without a unit as itself", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseSize(String(bytes))).toBe(bytes);
      }),
    );
  });

  it.each(["", "MiB", "-1MiB", "1 XB", "512 MiB of it", "1e9"])("refuses %j", (text) => {
    expect(() => parseSize(text)).toThrow(ConfigError);
  });
});

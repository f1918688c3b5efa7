import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate } from "../../../core/project/interpolate.js";

describe("interpolate", () => {
  it("replaces variables anywhere in a text, at any depth", () => {
    const { value } = interpolated({ a: [`x\${HOST}y\${PORT}`] }, { HOST: "h", PORT: "1" });
    expect(value).toEqual({ a: ["xhy1"] });
  });

  it("reads files, relative to the project, without their last line break", () => {
    const dir = mkdtempSync(join(tmpdir(), "sluice-test-"));
    writeFileSync(join(dir, "key"), "two\nlines\n");
    expect(interpolated(`\${file:key}`, {}, dir).value).toBe("two\nlines");
  });

  it(`takes $\${ for the two characters, and leaves any other dollar alone`, () => {
    expect(interpolated(`$\${NAME} costs $5 or $x`, {}).value).toBe(`\${NAME} costs $5 or $x`);
  });

  it("does not look into what it put in", () => {
    expect(interpolated(`\${A}`, { A: `\${B}`, B: "no" }).value).toBe(`\${B}`);
  });

  it.each([
    [`\${UNSET_ONE}`, "UNSET_ONE is not set"],
    [`\${file:/no/such/file}`, "/no/such/file does not exist"],
    [`\${not a name}`, "not a reference"],
    [`\${open`, "without its '}'"],
  ])("tells what is wrong with %s, and where", (written, words) => {
    const { problems } = interpolated({ key: `ab${written}` }, {});
    expect(problems).toEqual([{ path: ["key"], offset: 2, message: expect.stringContaining(words) }]);
  });

  it("changes no text without a dollar", () => {
    const plain = fc.string().filter((text) => !text.includes("$"));
    fc.assert(
      fc.property(plain, (text) => {
        expect(interpolated(text, {}).value).toBe(text);
      }),
    );
  });
});

function interpolated(value: unknown, env: Record<string, string>, dir = "/") {
  const problems: object[] = [];
  const result = interpolate(value, {
    env,
    dir,
    onReference: () => {},
    onProblem: ({ path, offset, message }) => problems.push({ path, offset, message }),
  });
  return { value: result, problems };
}

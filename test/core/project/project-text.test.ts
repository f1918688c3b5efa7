import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { ProjectError } from "../../../core/project/problem.js";
import { parseProjectText } from "../../../core/project/project-text.js";

const text = parseProjectText("a:\n  b: [x, 'y z']\n  c.d: word # remark\n", "sluice.yaml");

describe("parseProjectText", () => {
  it("knows the line and column of keys, values and items", () => {
    expect(text.placeOf(["a", "b", 1])).toMatchObject({ line: 2, column: 10, length: 5, excerpt: "  b: [x, 'y z']" });
    expect(text.placeOfKey(["a", "c.d"])).toMatchObject({ line: 3, column: 3, length: 3 });
    expect(text.placeInside(["a", "b", 1], 2, 1)).toMatchObject({ line: 2, column: 13, length: 1 });
  });

  it("answers for what is missing with the key above it", () => {
    expect(text.placeOf(["a", "zz", "deeper"])).toMatchObject({ line: 1, column: 1, length: 1 });
  });

  it("tells syntax errors and repeated keys with their place", () => {
    expect(problemsOf("a: [1, 2\nb: 3")[0]?.place.line).toBe(2);
    expect(problemsOf("a: 1\na: 2")).toMatchObject([{ code: "project.syntax", place: { line: 2, column: 1 } }]);
  });

  it("says of a wrong character what is wrong with it, and nothing of what follows from it", () => {
    expect(problemsOf("a: { b: 1\nc: { d: 2 }\ne: 3")).toHaveLength(1);
  });

  it("takes references without quotes, between braces too, and knows where everything stands", () => {
    const text = `a: { url: \${URL}, key: \${file:/run/secrets/key} }\nb: [\${X}, $\${Y}] # \${Z}\nc: '\${Q}'\nd: $$`;
    const parsed = parseProjectText(text, "x.yaml");
    expect(parsed.value).toEqual({
      a: { url: `\${URL}`, key: `\${file:/run/secrets/key}` },
      b: [`\${X}`, `$\${Y}`],
      c: `\${Q}`,
      d: "$$",
    });
    expect(parsed.placeOf(["a", "key"])).toMatchObject({ line: 1, column: 24, length: 24 });
    expect(parsed.placeInside(["b", 1], 1, 4)).toMatchObject({ line: 2, column: 12 });
  });

  it("takes what stands in parentheses without quotes, between braces too, and knows where everything stands", () => {
    const text =
      "a: {\n  day: date_trunc('day', at), total: decimal(12,2), name: replace(n, '}, ', '#: [)') }\nb: f(1) || ' ( # )\nc: [g(1, h(2, 3)), i]";
    const parsed = parseProjectText(text, "x.yaml");
    expect(parsed.value).toEqual({
      a: { day: "date_trunc('day', at)", total: "decimal(12,2)", name: "replace(n, '}, ', '#: [)')" },
      b: "f(1) || ' (",
      c: ["g(1, h(2, 3))", "i"],
    });
    expect(parsed.placeOf(["a", "total"])).toMatchObject({ line: 2, column: 38, length: 13 });
    expect(parsed.placeOf(["c", 1])).toMatchObject({ line: 4, column: 20, length: 1 });
  });

  it("leaves parentheses alone that are not closed on their line, and quoted ones", () => {
    const text = "a: { one: sad :(, two: it's, three: don't }\nb: { c: '\\(', d: '\\)' }\n";
    expect(parseProjectText(text, "x.yaml").value).toEqual({
      a: { one: "sad :(", two: "it's", three: "don't" },
      b: { c: "\\(", d: "\\)" },
    });
  });

  it("finds every value of any document", () => {
    const tree = fc.letrec((again) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.dictionary(fc.string({ minLength: 1 }), again("node")),
        fc.array(again("node")),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), tree), (value) => {
        const written = stringify(value);
        const parsed = parseProjectText(written, "x.yaml");
        const lines = written.split("\n");
        for (const path of pathsOf(value)) {
          const { line, column } = parsed.placeOf(path);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column - 1).toBeLessThanOrEqual(lines[line - 1]!.length);
        }
      }),
    );
  });
});

function problemsOf(written: string) {
  try {
    parseProjectText(written, "sluice.yaml");
  } catch (error) {
    if (error instanceof ProjectError) return error.problems;
  }
  return [];
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== "object") return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

import { describe, expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { loadManifest } from "../../../../connectors/airbyte-manifest/load/load-manifest.js";
import { parseManifest } from "../../../../connectors/airbyte-manifest/load/parse-manifest.js";
import { propagateParameters } from "../../../../connectors/airbyte-manifest/load/propagate-parameters.js";
import { resolveReferences } from "../../../../connectors/airbyte-manifest/load/resolve-references.js";
import { validateComponent } from "../../../../connectors/airbyte-manifest/load/validate-manifest.js";

const resolved = (yaml: string) => toPlain(resolveReferences(parseManifest(yaml, "m.yaml")));
const propagated = (yaml: string) => toPlain(propagateParameters(parseManifest(yaml, "m.yaml")));

describe("references", () => {
  test("a text is replaced, an object is merged under its own keys", () => {
    const yaml = `{ a: { x: 1, y: 2 }, b: "#/a/x", c: { $ref: "#/a", y: 3, z: 4 }, d: ["#/b"] }`;
    expect(resolved(yaml)).toMatchObject({ b: 1, c: { x: 1, y: 3, z: 4 }, d: [1] });
  });

  test("a whole path that is a key wins over the steps of the path", () => {
    expect(resolved(`{ a: { b: first }, a/b: whole, c: "#/a/b", l: [x, y], d: "#/l/1" }`)).toMatchObject({
      c: "whole",
      d: "y",
    });
  });

  test("what is referred to beside other keys and is no object takes their place", () => {
    expect(resolved(`{ a: [1, 2], b: { $ref: "#/a", c: 3 } }`)).toMatchObject({ b: [1, 2] });
  });

  test.each([
    ["leads back to itself", `{ a: "#/b", b: { c: "#/a" } }`, "manifest.reference"],
    ["points at nothing", `{ a: "#/b/c", b: {} }`, "manifest.reference"],
    ["grows without measure", `{ ${bomb(24)} }`, "manifest.too_large"],
  ])("a reference that %s is refused", (_, yaml, code) => {
    expect(() => resolved(yaml)).toThrow(expect.objectContaining({ kind: "config", code }));
  });
});

/** Each name twice the size of the one before. */
function bomb(levels: number): string {
  const doubles = Array.from({ length: levels }, (_, i) => `a${i + 1}: ["#/a${i}", "#/a${i}"]`);
  return ["a0: [x]", ...doubles].join(", ");
}

describe("YAML", () => {
  test("aliases that grow without measure are refused", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    const yaml = ["a0: &a0 [x]", ...lines].join("\n");
    expect(() => parseManifest(yaml, "m.yaml")).toThrow();
  });

  test("what is nested too deep is refused", () => {
    expect(() => parseManifest(`a: ${"[".repeat(5_000)}${"]".repeat(5_000)}`, "m.yaml")).toThrow();
  });

  test("a syntax error tells line and column", () => {
    expect(() => parseManifest("a: [1\nb: 2", "m.yaml")).toThrow(/m\.yaml.*line 2, column 1/);
  });

  test("keys are no prototype, words are text, numbers keep their kind", () => {
    const manifest = parseManifest(
      `{ __proto__: { polluted: true }, y: no, e: 1e3, i: 12345678901234567890 }`,
      "m.yaml",
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(["y", "e", "i"].map((key) => manifest.get(key))).toEqual(["no", 1000, 12345678901234567890n]);
  });
});

describe("parameters", () => {
  test("become fields of every component within, where these have no value of their own", () => {
    const yaml = `{ type: A, $parameters: { path: p, name: n }, inner: { type: B, name: own }, plain: { x: 1 } }`;
    expect(propagated(yaml)).toMatchObject({
      path: "p",
      inner: { type: "B", name: "own", path: "p" },
      plain: { x: 1 },
    });
    expect(propagated(yaml)).not.toMatchObject({ plain: { path: "p" } });
  });

  test("a nearer one wins, a JSON Schema is left alone, and one does not nest into the field of its name", () => {
    const yaml = `{ type: A, $parameters: { k: 1, inner: { z: 1 } }, inner: { type: B, $parameters: { k: 2 }, schema: { type: object } } }`;
    const found = propagated(yaml) as { inner: Record<string, unknown> };
    expect(found.inner).toMatchObject({ k: 2, schema: { type: "object" } });
    expect(found.inner.inner).toBeUndefined();
  });

  test("a component without a type has that of its place", () => {
    const yaml = `{ type: SimpleRetriever, requester: { path: x, error_handler: {} }, partition_router: { class_name: a.B } }`;
    expect(propagated(yaml)).toMatchObject({
      requester: { type: "HttpRequester", error_handler: { type: "DefaultErrorHandler" } },
      partition_router: { type: "CustomPartitionRouter" },
    });
  });
});

describe("a manifest", () => {
  test.each([
    ["no streams", "type: DeclarativeSource", /streams is missing/],
    ["streams that are no list", "streams: { a: 1 }", /streams is no list/],
    ["another type", "{ type: Other, streams: [] }", /type is 'Other'/],
    ["no object", "[1]", /does not hold a manifest/],
  ])("with %s is refused", (_, yaml, message) => {
    expect(() => loadManifest(yaml, "m.yaml")).toThrow(message);
  });

  test("a stream that lacks something is refused by the path of it", () => {
    const stream = propagateParameters(
      parseManifest(
        `{ type: DeclarativeStream, name: s, retriever: { type: SimpleRetriever, requester: { type: HttpRequester } } }`,
        "m",
      ),
    );
    expect(() => validateComponent(stream, "m.yaml", "streams.s")).toThrow(
      "'m.yaml': streams.s.retriever.record_selector is missing",
    );
  });
});

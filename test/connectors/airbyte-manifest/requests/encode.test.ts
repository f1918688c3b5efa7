import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { pyDict } from "../../../../connectors/airbyte-manifest/jinja/values/dict.js";
import type { PyDict } from "../../../../connectors/airbyte-manifest/jinja/values/value.js";
import { completeUrl, encodePairs } from "../../../../connectors/airbyte-manifest/requests/encode.js";
import { joinUrl } from "../../../../connectors/airbyte-manifest/requests/join-url.js";
import { mergeObjects, mergeOptions } from "../../../../connectors/airbyte-manifest/requests/merge-options.js";
import { prepare } from "../../../../connectors/airbyte-manifest/requests/prepare.js";
import { pythonJson } from "../../../../connectors/airbyte-manifest/requests/python-json.js";

const of = (value: unknown) => fromPlain(value) as PyDict;

// Expectations are Python's: requests 2.34, urllib.parse.
describe("URLs", () => {
  test.each([
    [{ q: "a b&c=d/é~" }, "q=a+b%26c%3Dd%2F%C3%A9~"],
    [{ l: [1, "x"], none: null, t: true }, "l=1&l=x&t=True"],
    [{ f: 1.5 }, "f=1.5"],
  ])("parameters %j are %j", (parameters, text) => {
    expect(encodePairs(of(parameters))).toBe(text);
  });

  test.each([
    ["https://A.com", {}, "https://a.com/"],
    ["https://a.com/x y/%7Eé?b=ü", { c: 1 }, "https://a.com/x%20y/~%C3%A9?b=%C3%BC&c=1"],
    ["https://a.com/a/../b/./c#top", {}, "https://a.com/b/c#top"],
    [
      "https://a.com/[p]?x[y]=[1]&z=100%",
      { "k[0]": "[1]" },
      "https://a.com/%5Bp%5D?x%5By%5D=%5B1%5D&z=100%25&k%5B0%5D=%5B1%5D",
    ],
    ["https://a.com/a%20b/100%", {}, "https://a.com/a%2520b/100%25"],
  ])("%s with %j is %s", (url, parameters, whole) => {
    expect(completeUrl(url, of(parameters))).toBe(whole);
  });

  test("an encoded URL stays as it is", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const once = completeUrl(url, pyDict());
        expect(completeUrl(once, pyDict())).toBe(once);
      }),
    );
  });

  test.each([
    ["https://a.b/v1", "x//y", "https://a.b/v1/x/y"],
    ["https://a.b/v1/", "/x", "https://a.b/x"],
    ["https://a.b/v1/", "?a=1", "https://a.b/v1/?a=1"],
    ["https://a.b/v1/", "a/../b", "https://a.b/v1/b"],
    ["https://a.b/v1", "https://c.d/e", "https://c.d/e"],
    ["https://a.b/v1", "", "https://a.b/v1"],
  ])("%s and %s are %s", (base, path, url) => {
    expect(joinUrl(base, path)).toBe(url);
  });
});

describe("options", () => {
  test("a name that two parts give is refused, whatever they say", () => {
    expect(() => mergeObjects([of({ a: 1 }), of({ a: 1 })])).toThrow(
      expect.objectContaining({ code: "manifest.duplicate_option" }),
    );
  });

  test("in a JSON body objects are merged and equal values allowed", () => {
    const merged = mergeObjects([of({ q: { a: 1 }, x: 1 }), of({ q: { b: 2 }, x: 1 })], true);
    expect(pythonJson(merged)).toBe('{"q": {"a": 1, "b": 2}, "x": 1}');
    expect(() => mergeObjects([of({ q: { a: 1 } }), of({ q: { a: 2 } })], true)).toThrow(/'q\.a'/);
  });

  test("a body that is text stands alone", () => {
    expect(mergeOptions(["text", pyDict(), undefined])).toBe("text");
    expect(() => mergeOptions(["text", of({ a: 1 })])).toThrow(
      expect.objectContaining({ code: "manifest.duplicate_option" }),
    );
  });
});

describe("requests", () => {
  const parts = {
    method: "GET",
    url: "https://a.b/?k=1",
    headers: pyDict(),
    parameters: pyDict(),
    bodyJson: pyDict(),
    bodyData: "",
  };

  test("a parameter that the URL has already is not repeated, unless it differs", () => {
    expect(prepare({ ...parts, parameters: of({ k: "1", l: "2" }) }).url).toBe("https://a.b/?k=1&l=2");
    expect(prepare({ ...parts, parameters: of({ k: "2" }) }).url).toBe("https://a.b/?k=1&k=2");
  });

  test("a GET may have a body; its length is that of its bytes", () => {
    const { body, headers } = prepare({ ...parts, bodyJson: of({ a: "é" }) });
    expect([body, headers.get("Content-Length"), headers.get("Content-Type")]).toEqual([
      '{"a": "\\u00e9"}',
      "15",
      "application/json",
    ]);
  });

  test("a manifest's own content type is kept, a POST without a body says so", () => {
    const form = prepare({
      ...parts,
      method: "POST",
      headers: of({ "content-type": "x/y" }),
      bodyData: of({ a: "b c" }),
    });
    expect([form.body, [...form.headers]]).toEqual([
      "a=b+c",
      [
        ["content-type", "x/y"],
        ["Content-Length", "5"],
      ],
    ]);
    expect(prepare({ ...parts, method: "POST" }).headers.get("Content-Length")).toBe("0");
  });

  test("two bodies, an object as a parameter and what is no URL are refused", () => {
    expect(() => prepare({ ...parts, bodyJson: of({ a: 1 }), bodyData: "x" })).toThrow(
      expect.objectContaining({ code: "manifest.request_body" }),
    );
    expect(() => prepare({ ...parts, parameters: of({ a: {} }) })).toThrow(
      expect.objectContaining({ code: "manifest.option" }),
    );
    expect(() => prepare({ ...parts, url: "file:///etc/passwd" })).toThrow(
      expect.objectContaining({ code: "manifest.invalid_url" }),
    );
  });
});

test("a base URL without a path takes one, whatever stands behind it", () => {
  expect(joinUrl("https://api.test?q=1", "a")).toBe("https://api.test/a");
  expect(joinUrl("  https://api.test", "a")).toBe("https://api.test/a");
});

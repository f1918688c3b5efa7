import { describe, expect, test } from "vitest";
import { headersValue, recordValue, streamSlice } from "../../../../connectors/airbyte-manifest/jinja/context.js";
import {
  interpolate,
  interpolateBoolean,
  interpolateMapping,
  interpolateNested,
  interpolateString,
} from "../../../../connectors/airbyte-manifest/jinja/interpolate.js";
import { fromPlain, toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { pyDict } from "../../../../connectors/airbyte-manifest/jinja/values/dict.js";
import { repr } from "../../../../connectors/airbyte-manifest/jinja/values/text.js";
import type { PyDict } from "../../../../connectors/airbyte-manifest/jinja/values/value.js";
import { clock } from "./render.js";

const config = fromPlain({ id: 5, name: "shop", empty: "", version: "1.10" });
const context = { config };

test("the rendered text is read as a literal, so a version loses its zero", () => {
  expect(interpolate("{{ config.id }}", context, { clock })).toBe(5n);
  expect(interpolate("{{ config.version }}", context, { clock })).toBe(1.1);
  expect(interpolate("{{ config.version }}", context, { clock, validTypes: ["str"] })).toBe("1.10");
  expect(interpolate("a/{{ config.id }}", context, { clock })).toBe("a/5");
});

test("an empty or undefined result falls back to the default, which is a template too", () => {
  for (const text of ["{{ config.empty }}", "{{ config.missing }}", "{{ config.missing.deep }}"]) {
    expect(interpolate(text, context, { clock })).toBe(null);
    expect(interpolate(text, context, { clock, default: "{{ config.id }}" })).toBe(5n);
  }
});

test("without a default of its own a string falls back to itself", () => {
  const rendered = (text: string) => interpolateString(text, context, { clock });
  expect(rendered("{{ config.id }}")).toBe(5n);
  expect(rendered("plain")).toBe("plain");
  // The fallback is evaluated as well, and is as empty as the first time.
  expect(rendered("{{ config.empty }}")).toBe("");
  expect(() => rendered("{{ config.missing.deep }}")).toThrow(expect.objectContaining({ code: "template.undefined" }));
});

test("a TypeError leaves the template's own text", () => {
  expect(interpolate("{{ config.id > 'a' }}", context, { clock })).toBe("{{ config.id > 'a' }}");
});

test("stream_interval and stream_partition are the stream slice; stream_state is refused", () => {
  const slice = streamSlice({
    partition: pyDict([["account", "a"]]),
    cursorSlice: pyDict([["start_time", "2024-01-01"]]),
    extraFields: pyDict([["zone", "UTC"]]),
  });
  const text =
    "{{ stream_partition.account }} {{ stream_interval['start_time'] }} {{ stream_slice.extra_fields.zone }}";
  expect(interpolate(text, { config, stream_slice: slice }, { clock })).toBe("a 2024-01-01 UTC");
  expect(repr(slice)).toBe("{'account': 'a', 'start_time': '2024-01-01'}");
  expect(() => interpolate("{{ stream_state }}", context, { clock })).toThrow(
    expect.objectContaining({ code: "template.unsupported_variable" }),
  );
});

test("records are read like dicts, headers in any case", () => {
  const record = recordValue(pyDict([["id", 1n]]), "orders");
  const headers = headersValue([["X-Total", "12"]]);
  expect(interpolate("{{ record.id }}{{ record.stream_name }}", { config, record }, { clock })).toBe("1orders");
  expect(interpolate("{{ headers['x-total'] }}{{ headers.get('X-TOTAL') }}", { config, headers }, { clock })).toBe(
    1212n,
  );
});

describe("conditions", () => {
  test.each([
    ["{{ config.missing }}", false],
    ["{{ none }}", true],
    ["{{ 'false' }}", false],
    ["{{ [] }}", false],
    ["{{ 0.0 }}", false],
    ["{{ '0.00' }}", false],
    ["{{ 'no' }}", true],
    ["{{ config.id == 5 }}", true],
    ["{{ config.id == 6 }}", false],
    ["", false],
  ])("%s is %s", (text, expected) => expect(interpolateBoolean(text, context, { clock })).toBe(expected));
});

test("keys of a mapping stay strings, values are what they are", () => {
  const mapping = fromPlain({ "{{ config.id }}": "{{ config.id }}", plain: 1, none: null }) as PyDict;
  expect(toPlain(interpolateMapping(mapping, context, { clock }))).toEqual({ "5": 5, plain: 1, none: null });
  const strings = interpolateMapping(mapping, context, { clock, validValueTypes: ["str", "list"] });
  expect(strings.get("5")).toBe("5");
});

test("a nested structure is evaluated throughout, and what becomes None is left out of dicts", () => {
  const value = fromPlain({ a: ["{{ config.id }}", { b: "{{ config.missing }}" }], c: "{{ none }}", d: true });
  expect(toPlain(interpolateNested(value, context, { clock }))).toEqual({ a: [5, {}], d: true });
  expect(() => interpolateNested(fromPlain({ "{{ [1] }}": 1 }), context, { clock })).toThrow(
    expect.objectContaining({ code: "template.failed" }),
  );
});

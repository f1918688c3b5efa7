import { expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { createRequestInputs } from "../../../../connectors/airbyte-manifest/requests/request-inputs.js";
import type { OptionPlace } from "../../../../connectors/airbyte-manifest/requests/request-option.js";
import { fakeRuntime, of } from "../fake-runtime.js";

const config = { n: 5, filter: { state: "open", owner: null }, text: "007", none: "" };

/** What a requester puts into one place. */
function input(field: string, value: unknown, place: OptionPlace): unknown {
  const { templates } = fakeRuntime({ config });
  const options = createRequestInputs(of({ type: "HttpRequester", [field]: value }), templates).options(
    place,
    undefined,
    undefined,
  );
  return typeof options === "object" ? toPlain(options) : options;
}

test("one template for all parameters may come to an object, whose nulls are left out", () => {
  const parameters = (template: string) => input("request_parameters", template, "request_parameter");
  expect(parameters("{{ {'limit': config.n, 'next': none} }}")).toEqual({ limit: 5 });
  expect(parameters("{{ config.filter }}")).toEqual({ state: "open" });
  expect(parameters("a={{ config.n }}")).toBeUndefined();
});

test("values of parameters are text or lists, whatever they look like", () => {
  expect(input("request_parameters", { a: "{{ config.n }}", b: "{{ [1, 2] }}" }, "request_parameter")).toEqual({
    a: "5",
    b: [1, 2],
  });
});

test("a JSON body that one template comes to is sent with its nulls", () => {
  expect(input("request_body_json", "{{ config.filter }}", "body_json")).toEqual({ state: "open", owner: null });
  expect(input("request_body_json", '{"n": {{ config.n }}, "z": none}', "body_json")).toBe('{"n": 5, "z": none}');
});

test("a body may be text; text that is a number of Python's is none", () => {
  expect(input("request_body_data", "n={{ config.n }}", "body_data")).toBe("n=5");
  expect(input("request_body_data", "{{ config.text }}", "body_data")).toBe("007");
  expect(input("request_body_data", "{{ config.n }}", "body_data")).toBeUndefined();
  expect(input("request_body_data", "{{ config.none }}", "body_data")).toBeUndefined();
});

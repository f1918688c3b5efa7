import { expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { buildRequester } from "../../../../connectors/airbyte-manifest/requests/build-requester.js";
import { createRequestInputs } from "../../../../connectors/airbyte-manifest/requests/request-inputs.js";
import type { OptionPlace } from "../../../../connectors/airbyte-manifest/requests/request-option.js";
import { fakeRuntime, of } from "../fake-runtime.js";
import { requester } from "../read-manifest.js";

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

test.each([
  ["RequestBodyPlainText", "id {{ config['id'] }}", "id 7", undefined],
  ["RequestBodyUrlEncodedForm", { id: "{{ config['id'] }}", list: "{{ ['a', 'b'] }}" }, "id=7&list=a&list=b", "form"],
  ["RequestBodyJsonObject", { id: "{{ config['id'] }}", none: null }, '{"id": 7}', "json"],
  [
    "RequestBodyGraphQL",
    { query: "query { item(id: {{ config['id'] }}) }" },
    '{"query": "query { item(id: 7) }"}',
    "json",
  ],
])("a %s is the body of a request", async (type, value, body, form) => {
  const runtime = fakeRuntime({ config: { id: 7 } });
  const component = requester("s", { http_method: "POST", request_body: { type, value } });
  await buildRequester(of(component), runtime).send({});
  const [request] = runtime.requests;
  expect(request?.body).toBe(body);
  const types = { form: "application/x-www-form-urlencoded", json: "application/json" };
  expect(request?.headers.get("Content-Type")).toBe(form && types[form as keyof typeof types]);
});

test("what a paginator adds to a GraphQL query stands in its variables", async () => {
  const runtime = fakeRuntime();
  const component = requester("s", {
    http_method: "POST",
    request_body: { type: "RequestBodyGraphQL", value: { query: "q", variables: { first: 5 } } },
  });
  const more = of({ variables: { after: "x" } });
  await buildRequester(of(component), runtime).send({ extra: (place) => (place === "body_json" ? more : undefined) });
  expect(JSON.parse(runtime.requests[0]?.body ?? "")).toEqual({ query: "q", variables: { first: 5, after: "x" } });
});

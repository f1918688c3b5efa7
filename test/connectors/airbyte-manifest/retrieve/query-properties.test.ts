import { describe, expect, test } from "vitest";
import { type FakeOptions, json } from "../fake-runtime.js";
import { read, requester, selector, stream } from "../read-manifest.js";

const retriever = (request: object) => ({ type: "SimpleRetriever", requester: request, record_selector: selector });
const manifest = (properties: object) => ({
  streams: [stream("s", "?", {}, retriever(requester("s", { request_parameters: { fields: properties } })))],
});
/** A record with the fields that were asked for. */
const answer: FakeOptions["answer"] = ({ url }) => {
  if (url.endsWith("/names")) return json({ data: [{ name: "a" }, { name: "b" }] });
  const fields = (new URL(url).searchParams.get("fields") ?? "").split(",");
  return json({ data: [1, 2].map((n) => Object.fromEntries(fields.map((name) => [name, `${name}${n}`]))) });
};

describe("query properties", () => {
  test("are asked for in chunks, and the parts of a record put together by its key", async () => {
    const properties = {
      type: "QueryProperties",
      property_list: ["a", "b", "c"],
      always_include_properties: ["id"],
      property_chunking: {
        type: "PropertyChunking",
        property_limit_type: "property_count",
        property_limit: 2,
        record_merge_strategy: { type: "GroupByKeyMergeStrategy", key: "id" },
      },
    };
    const { paths, records } = await read(manifest(properties), "s", { answer });
    expect(paths).toEqual(["GET /s?fields=id%2Ca%2Cb", "GET /s?fields=id%2Cc"]);
    expect(records).toEqual([
      { id: "id1", a: "a1", b: "b1", c: "c1" },
      { id: "id2", a: "a2", b: "b2", c: "c2" },
    ]);
  });

  test("may be limited by characters, three more for each separator", async () => {
    const chunking = { type: "PropertyChunking", property_limit_type: "characters", property_limit: 8 };
    const properties = { type: "QueryProperties", property_list: ["aa", "b", "cccc"], property_chunking: chunking };
    expect((await read(manifest(properties), "s", { answer })).paths).toEqual([
      "GET /s?fields=aa",
      "GET /s?fields=b",
      "GET /s?fields=cccc",
    ]);
  });

  test("may come from the API itself, and be no more than what is wanted", async () => {
    const endpoint = {
      type: "PropertiesFromEndpoint",
      property_field_path: ["name"],
      retriever: retriever(requester("names")),
    };
    const properties = {
      type: "QueryProperties",
      property_list: endpoint,
      property_selector: { type: "JsonSchemaPropertySelector", transformations: [{ type: "KeysToLower" }] },
    };
    const { paths } = await read(manifest(properties), "s", { answer }, { selected: ["B", "x"] });
    expect(paths).toEqual(["GET /names", "GET /s?fields=b"]);
  });
});

import { describe, expect, test } from "vitest";
import { loadManifest } from "../../../connectors/airbyte-manifest/load/load-manifest.js";
import { checkManifest } from "../../../connectors/airbyte-manifest/source/check-manifest.js";
import { streamDefinitions } from "../../../connectors/airbyte-manifest/stream-definitions.js";
import { fakeRuntime, json } from "./fake-runtime.js";
import { stream } from "./read-manifest.js";

const made = (name: string, ...names: string[]) => ({
  type: "DynamicDeclarativeStream",
  name,
  stream_template: stream("template", "template"),
  components_resolver: {
    type: "ParametrizedComponentsResolver",
    stream_parameters: {
      type: "StreamParametersDefinition",
      list_of_parameters_for_stream: names.map((each) => ({ name: each })),
    },
    components_mapping: [
      { type: "ComponentMappingDefinition", field_path: ["name"], value: "{{ components_values['name'] }}" },
      {
        type: "ComponentMappingDefinition",
        field_path: ["retriever", "requester", "path"],
        value: "{{ components_values['name'] }}",
      },
    ],
  },
});

/** The paths that a check asks for; `refused` are answered with 401. */
async function check(
  parts: object,
  { config = {}, refused = [] as readonly string[] } = {},
): Promise<readonly string[]> {
  const runtime = fakeRuntime({
    config,
    answer: ({ url }) => json({ data: [] }, refused.some((path) => url.endsWith(path)) ? 401 : 200),
  });
  const manifest = loadManifest(JSON.stringify(parts), "m.json");
  const definitions = await streamDefinitions(manifest, runtime, 1_000_000);
  const runtimes = { runtime: () => runtime, maxBytes: 1_000_000, close: () => undefined };
  const signal = new AbortController().signal;
  await checkManifest({ manifest, definitions, config: runtime.config, runtimes, signal, log: () => undefined });
  return runtime.requests.map(({ url }) => url.slice("https://api.test/".length));
}

describe("a CheckStream", () => {
  const streams = [stream("a", "a"), stream("b", "b"), stream("c", "c")];
  const checked = (more: object) => ({ streams, check: { type: "CheckStream", stream_names: ["a", "c"], ...more } });

  test("reads the streams that it names; those that the config names instead, where it names some", async () => {
    expect(await check(checked({}))).toEqual(["a", "c"]);
    expect(await check(checked({}), { config: { __airbyte_check_stream_names: ["b"] } })).toEqual(["b"]);
    expect(await check(checked({}), { config: { __airbyte_check_stream_names: [] } })).toEqual(["a", "c"]);
    await expect(check(checked({}), { refused: ["c"] })).rejects.toMatchObject({ code: "manifest.request_refused" });
  });

  test("reads as many of the streams that a template makes as its DynamicStreamCheckConfig says, else all", async () => {
    const dynamic = (more: object) => ({
      ...checked({
        dynamic_streams_check_configs: [{ type: "DynamicStreamCheckConfig", dynamic_stream_name: "made", ...more }],
      }),
      dynamic_streams: [made("other", "x"), made("made", "y", "z")],
    });
    expect(await check(dynamic({ stream_count: 1 }))).toEqual(["a", "c", "y"]);
    expect(await check(dynamic({}))).toEqual(["a", "c", "y", "z"]);
    await expect(check(dynamic({ dynamic_stream_name: "missing" }))).rejects.toMatchObject({
      code: "manifest.check",
      message: expect.stringContaining("missing"),
    });
  });
});

test("a CheckDynamicStream reads the first of the streams, or only looks whether there are any", async () => {
  const dynamic = (check: object, ...names: string[]) => ({
    streams: [],
    check: { type: "CheckDynamicStream", stream_count: 2, ...check },
    dynamic_streams: [made("made", ...names)],
  });
  expect(await check(dynamic({}, "x", "y", "z"))).toEqual(["x", "y"]);
  expect(await check(dynamic({ stream_count: 5 }, "x", "y"))).toEqual(["x", "y"]);
  expect(await check(dynamic({ use_check_availability: false }, "x"), { refused: ["x"] })).toEqual([]);
  await expect(check(dynamic({}))).rejects.toMatchObject({ code: "manifest.check" });
});

test("stream groups, an AuthFlow and file uploaders change nothing of what is asked for", async () => {
  const grouped = {
    streams: [{ ...stream("a", "a"), file_uploader: { type: "FileUploader" } }],
    check: { type: "CheckStream", stream_names: ["a"] },
    stream_groups: {
      crm: { type: "StreamGroup", streams: ["a"], action: { type: "BlockSimultaneousSyncsAction" } },
    },
    spec: {
      type: "Spec",
      connection_specification: { type: "object", properties: {} },
      advanced_auth: {
        type: "AuthFlow",
        auth_flow_type: "oauth2.0",
        predicate_key: ["auth"],
        predicate_value: "oauth",
      },
    },
  };
  expect(await check(grouped)).toEqual(["a"]);
});

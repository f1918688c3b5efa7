import { describe, expect, test } from "vitest";
import { loadManifest } from "../../../../connectors/airbyte-manifest/load/load-manifest.js";
import { streamDefinitions } from "../../../../connectors/airbyte-manifest/stream-definitions.js";
import { buildStream } from "../../../../connectors/airbyte-manifest/streams/build-stream.js";
import { readStream } from "../../../../connectors/airbyte-manifest/streams/read-stream.js";
import { type FakeOptions, fakeRuntime, json, of } from "../fake-runtime.js";
import { read, requester, selector, stream } from "../read-manifest.js";

describe("streams of a template", () => {
  const template = stream("?", "?");
  const mapping = (path: string[], value: string) => ({ type: "ComponentMappingDefinition", field_path: path, value });
  const manifest = (resolver: object) => ({
    dynamic_streams: [
      { type: "DynamicDeclarativeStream", name: "made", stream_template: template, components_resolver: resolver },
    ],
  });

  test("are made of the config", async () => {
    const resolver = {
      type: "ConfigComponentsResolver",
      stream_config: { type: "StreamConfig", configs_pointer: ["tables"] },
      components_mapping: [
        mapping(["name"], "{{ components_values.title }}"),
        mapping(["retriever", "requester", "path"], "t/{{ components_values['id'] }}"),
      ],
    };
    const config = {
      tables: [
        { id: 1, title: "one" },
        { id: 2, title: "two" },
      ],
    };
    expect((await read(manifest(resolver), "two", { config })).paths).toEqual(["GET /t/2"]);
    const twice = {
      tables: [
        { id: 1, title: "x" },
        { id: 2, title: "x" },
      ],
    };
    await expect(read(manifest(resolver), "x", { config: twice })).rejects.toMatchObject({
      code: "manifest.duplicate_stream",
    });
  });

  test("are made of what the API lists", async () => {
    const resolver = {
      type: "HttpComponentsResolver",
      retriever: { type: "SimpleRetriever", requester: requester("tables"), record_selector: selector },
      components_mapping: [
        mapping(["name"], "{{ components_values.name }}"),
        mapping(["retriever", "requester", "path"], "rows/{{ components_values.name }}"),
      ],
    };
    const answer: FakeOptions["answer"] = ({ url }) =>
      json({ data: url.endsWith("/tables") ? [{ name: "a" }, { name: "b" }] : [{ id: 1 }] });
    const found = await read(manifest(resolver), "b", { answer });
    expect([found.paths, found.records]).toEqual([["GET /tables", "GET /rows/b"], [{ id: 1 }]]);
  });
});

test("streams under a condition are there when it holds", async () => {
  const manifest = {
    streams: [{ type: "ConditionalStreams", condition: "{{ config.beta }}", streams: [stream("new", "new")] }],
  };
  expect((await read(manifest, "new", { config: { beta: true } })).paths).toEqual(["GET /new"]);
  await expect(read(manifest, "new", { config: { beta: false } })).rejects.toThrow("no stream new");
});

test("a stream reads one way first, another from a state on, and whole again when the state is too old", async () => {
  const sync = {
    type: "DatetimeBasedCursor",
    cursor_field: "at",
    datetime_format: "%Y-%m-%d",
    start_datetime: "2024-01-01",
  };
  const delegating = {
    type: "StateDelegatingStream",
    name: "s",
    api_retention_period: "P30D",
    full_refresh_stream: stream("s", "all", { incremental_sync: sync }),
    incremental_stream: stream("s", "changes", { incremental_sync: sync }),
  };
  const paths = async (state: object) => (await read({ streams: [delegating] }, "s", {}, { state })).paths;
  expect(await paths({})).toEqual(["GET /all"]);
  expect(await paths({ at: "2024-03-01" })).toEqual(["GET /changes"]);
  expect(await paths({ at: "2024-01-15" })).toEqual(["GET /all"]);
  // Of how old it is a state without a cursor says nothing, unless the whole read has no cursor itself.
  expect(await paths({ __ab_no_cursor_state_message: true })).toEqual(["GET /all"]);
  const whole = { ...delegating, full_refresh_stream: stream("s", "all") };
  const { paths: later } = await read({ streams: [whole] }, "s", {}, { state: { __ab_no_cursor_state_message: true } });
  expect(later).toEqual(["GET /changes"]);
});

describe("partitions", () => {
  const parents = stream("parents", "parents");
  const router = {
    type: "SubstreamPartitionRouter",
    parent_stream_configs: [{ type: "ParentStreamConfig", stream: parents, parent_key: "id", partition_field: "pid" }],
  };
  const answer: FakeOptions["answer"] = ({ url }) =>
    json({
      data: url.endsWith("/parents") ? [{ id: 1 }, { name: "no id" }, { id: 2 }, { id: 1 }] : [{ at: "2024-02-01" }],
    });

  test("one for each parent that has the key; the parent is asked for once for all its children", async () => {
    const children = stream("children", "c/{{ stream_partition.pid }}", {}, { partition_router: router });
    expect((await read({ streams: [children] }, "children", { answer })).paths).toEqual([
      "GET /parents",
      "GET /c/1",
      "GET /c/2",
      "GET /c/1",
    ]);
  });

  const sync = {
    type: "DatetimeBasedCursor",
    cursor_field: "at",
    datetime_format: "%Y-%m-%d",
    start_datetime: "2024-01-01",
  };
  const childrenSince = (more: object = {}) =>
    stream(
      "children",
      "c/{{ stream_partition.pid }}",
      { incremental_sync: { ...sync, ...more } },
      { partition_router: router },
    );

  test("each with a state of its own; the same one twice is read once", async () => {
    const children = childrenSince();
    const { states, paths } = await read({ streams: [children] }, "children", { answer });
    expect(paths).toEqual(["GET /parents", "GET /c/1", "GET /c/2"]);
    const reached = [1, 2].map((pid) => ({ partition: { parent_slice: {}, pid }, cursor: { at: "2024-02-01" } }));
    expect(states.at(-1)).toMatchObject({
      use_global_cursor: false,
      states: reached,
      state: { at: "2024-02-01" },
      parent_state: {},
    });
  });

  test("that are not there need no start of their cursor, and those that are do", async () => {
    const children = childrenSince({ start_datetime: "{{ config['start'] }}" });
    const none = await read({ streams: [children] }, "children", { answer: () => json({ data: [] }) });
    expect(none.paths).toEqual(["GET /parents"]);
    await expect(read({ streams: [children] }, "children", { answer })).rejects.toMatchObject({
      code: "manifest.datetime",
    });
  });

  test("are told apart however many lie between two that are the same", async () => {
    const ids = [...Array.from({ length: 1200 }, (_, id) => ({ id })), { id: 5 }];
    const many: FakeOptions["answer"] = ({ url }) =>
      json({ data: url.endsWith("/parents") ? ids : [{ at: "2024-02-01" }] });
    const { records, states } = await read({ streams: [childrenSince()] }, "children", { answer: many });
    expect(records).toHaveLength(1200);
    expect((states.at(-1) as { states: unknown[] }).states).toHaveLength(1200);
  });

  test("go on from a saved state, which keeps those that are gone", async () => {
    const partition = (pid: number) => ({ pid, parent_slice: {} });
    const state = {
      states: [
        { partition: partition(9), cursor: { at: "2024-02-20" } },
        { partition: partition(2), cursor: { at: "2024-02-15" } },
      ],
      state: { at: "2024-02-20" },
    };
    const urls = childrenSince({
      start_time_option: { type: "RequestOption", inject_into: "request_parameter", field_name: "since" },
    });
    const { paths, states } = await read({ streams: [urls] }, "children", { answer }, { state });
    expect(paths).toEqual(["GET /parents", "GET /c/1?since=2024-02-20", "GET /c/2?since=2024-02-15"]);
    expect((states.at(-1) as { states: unknown[] }).states).toEqual([
      { partition: { parent_slice: {}, pid: 9 }, cursor: { at: "2024-02-20" } },
      { partition: { parent_slice: {}, pid: 2 }, cursor: { at: "2024-02-15" } },
      { partition: { parent_slice: {}, pid: 1 }, cursor: { at: "2024-02-20" } },
    ]);
  });
});

test("a job is made, waited for, downloaded and deleted; one that fails is made again", async () => {
  const job = {
    type: "AsyncRetriever",
    creation_requester: requester("jobs", { http_method: "POST" }),
    polling_requester: requester("jobs/{{ creation_response.id }}"),
    download_requester: { type: "HttpRequester", url_base: "{{ download_target }}" },
    delete_requester: requester("jobs/{{ creation_response.id }}/delete", { http_method: "POST" }),
    status_extractor: { type: "DpathExtractor", field_path: ["status"] },
    download_target_extractor: { type: "DpathExtractor", field_path: ["urls"] },
    download_extractor: { type: "DpathExtractor", field_path: ["data"] },
    status_mapping: { running: ["busy"], completed: ["done"], failed: ["bad"], timeout: [] },
    record_selector: { type: "RecordSelector", extractor: { type: "DpathExtractor", field_path: [] } },
  };
  const statuses = ["busy", "bad", "busy", "done"];
  const answer: FakeOptions["answer"] = ({ method, url }) => {
    if (url.includes("/files")) return json({ data: [{ id: 1 }] });
    return method === "POST" ? json({ id: 7 }) : json({ status: statuses.shift(), urls: ["https://api.test/files"] });
  };
  const { records, paths } = await read({ streams: [{ type: "DeclarativeStream", name: "s", retriever: job }] }, "s", {
    answer,
  });
  expect(records).toEqual([{ id: 1 }]);
  expect(paths).toEqual([
    "POST /jobs",
    "GET /jobs/7",
    "GET /jobs/7",
    "POST /jobs",
    "GET /jobs/7",
    "GET /jobs/7",
    "GET /files",
    "POST /jobs/7/delete",
  ]);
});

describe("a hostile manifest", () => {
  test("whose template never ends, or asks for what is hidden, fails its stream and nothing else", async () => {
    const loop = "{% for a in 'x' * 9999999 %}{% for b in 'x' * 9999999 %}x{% endfor %}{% endfor %}";
    for (const path of [loop, "{{ config.__class__.__mro__ }}", "{{ ''.__class__ }}"]) {
      const failed = read({ streams: [stream("s", path)] }, "s").then(
        ({ paths }) => paths.join(),
        (error: Error) => error.name,
      );
      expect(await failed).not.toContain("object");
    }
  });

  test("whose pages never end goes on page by page, and its reader can leave", async () => {
    const paginator = {
      type: "DefaultPaginator",
      pagination_strategy: { type: "CursorPagination", cursor_value: "next" },
    };
    const runtime = fakeRuntime({ answer: (_, count) => json({ data: [{ id: count }] }) });
    const [component] = await streamDefinitions(
      loadManifest(JSON.stringify({ streams: [stream("s", "x", {}, { paginator })] }), "m"),
      runtime,
      1_000,
    );
    let seen = 0;
    for await (const _ of readStream(buildStream(component!, runtime, { state: of({}), maxBytes: 1_000 })))
      if (++seen === 50) break;
    expect(runtime.requests.length).toBeLessThanOrEqual(51);
  });

  test("that gives the same page again and again is an error, not a read without end", async () => {
    const paginator = {
      type: "DefaultPaginator",
      pagination_strategy: { type: "CursorPagination", cursor_value: "next" },
    };
    const runtime = fakeRuntime({ answer: () => json({ data: [{ id: 1 }] }) });
    const manifest = loadManifest(JSON.stringify({ streams: [stream("s", "x", {}, { paginator })] }), "m");
    const [component] = await streamDefinitions(manifest, runtime, 1_000);
    const read = async () => {
      for await (const _ of readStream(buildStream(component!, runtime, { state: of({}), maxBytes: 1_000 })));
    };
    await expect(read()).rejects.toMatchObject({ code: "manifest.page_repeated" });
    expect(runtime.requests).toHaveLength(2);
  });
});

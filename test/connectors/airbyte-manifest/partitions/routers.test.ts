import { describe, expect, test } from "vitest";
import { type FakeOptions, json } from "../fake-runtime.js";
import { read, requester, selector, stream } from "../read-manifest.js";

const list = (field: string, values: unknown, more: object = {}) => ({
  type: "ListPartitionRouter",
  cursor_field: field,
  values,
  ...more,
});
const option = (inject_into: string, field_name: string) => ({ type: "RequestOption", inject_into, field_name });
const children = (router: unknown, path = "c/{{ stream_partition.get('pid') }}") =>
  stream("s", path, {}, { partition_router: router });
const parent = (more: object = {}) => ({
  type: "SubstreamPartitionRouter",
  parent_stream_configs: [
    {
      type: "ParentStreamConfig",
      stream: stream("parents", "parents"),
      parent_key: "id",
      partition_field: "pid",
      ...more,
    },
  ],
});
const answer: FakeOptions["answer"] = ({ url }) =>
  json({ data: url.includes("/parents") ? [{ id: 1, at: "x" }, { id: 2 }, { id: 1 }] : [] });
const paths = async (router: unknown, path?: string, config: object = {}) =>
  (await read({ streams: [children(router, path)] }, "s", { answer, config })).paths;

describe("lists", () => {
  test("of the manifest or of the config, each value where its option says", async () => {
    const written = list("pid", ["a", "{{ config.x }}"], { request_option: option("request_parameter", "p") });
    expect(await paths(written, "c", { x: "b" })).toEqual(["GET /c?p=a", "GET /c?p=%7B%7B+config.x+%7D%7D"]);
    expect(await paths(list("pid", "{{ config['all'] }}"), undefined, { all: [1, 2] })).toEqual([
      "GET /c/1",
      "GET /c/2",
    ]);
  });

  test("of which every combination is read, the last one's values changing fastest", async () => {
    const both = [list("pid", ["a", "b"]), list("q", ["x", "y"], { request_option: option("request_parameter", "q") })];
    expect(await paths(both)).toEqual(["GET /c/a?q=x", "GET /c/a?q=y", "GET /c/b?q=x", "GET /c/b?q=y"]);
  });
});

describe("parents", () => {
  test("give their key and, beside it, fields of their records", async () => {
    const path = "c/{{ stream_partition.pid }}/{{ stream_slice.extra_fields['at'] }}";
    const router = parent({ extra_fields: [["at"]], request_option: option("header", "X-Parent") });
    const { paths: asked, runtime } = await read({ streams: [children(router, path)] }, "s", { answer });
    expect(asked).toEqual(["GET /parents", "GET /c/1/x", "GET /c/2/None", "GET /c/1/None"]);
    expect(runtime.requests.map(({ headers }) => headers.get("X-Parent"))).toEqual([undefined, "1", "2", "1"]);
  });
});

describe("groups", () => {
  const grouped = (more: object) => ({
    type: "GroupingPartitionRouter",
    underlying_partition_router: parent(),
    ...more,
  });

  test("take so many partitions into one, each value once unless told otherwise", async () => {
    const path = "c?ids={{ stream_partition.pid | join(',') }}";
    expect(await paths(grouped({ group_size: 2 }), path)).toEqual(["GET /parents", "GET /c?ids=1,2"]);
    expect(await paths(grouped({ group_size: 2, deduplicate: false }), path)).toEqual([
      "GET /parents",
      "GET /c?ids=1,2",
      "GET /c?ids=1",
    ]);
  });

  test("cannot have options within", async () => {
    const inner = list("pid", ["a"], { request_option: option("header", "X") });
    await expect(paths(grouped({ group_size: 1, underlying_partition_router: inner }))).rejects.toMatchObject({
      code: "manifest.request_option",
    });
  });
});

test("a union reads the partitions of all its routers, each value once", async () => {
  const union = {
    type: "UnionPartitionRouter",
    partition_field: "pid",
    partition_routers: [list("pid", ["a", "b", "a"]), parent()],
  };
  expect(await paths(union)).toEqual(["GET /parents", "GET /c/a", "GET /c/b", "GET /c/1", "GET /c/2"]);
});

test("a page's path may be what the paginator found; no pagination asks once", async () => {
  const paginator = {
    type: "DefaultPaginator",
    pagination_strategy: { type: "CursorPagination", cursor_value: "{{ response.get('next') }}" },
    page_token_option: { type: "RequestPath" },
  };
  const next: FakeOptions["answer"] = (_, count) => json({ data: [{ id: count }], next: count < 2 ? "/p2?x=1" : null });
  const paged = { type: "SimpleRetriever", requester: requester("p1"), record_selector: selector, paginator };
  const read1 = (retriever: object) =>
    read({ streams: [{ type: "DeclarativeStream", name: "s", retriever }] }, "s", { answer: next });
  expect((await read1(paged)).paths).toEqual(["GET /p1", "GET /p2?x=1"]);
  expect((await read1({ ...paged, paginator: { type: "NoPagination" } })).paths).toEqual(["GET /p1"]);
});

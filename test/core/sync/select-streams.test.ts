import { describe, expect, it } from "vitest";
import { matches } from "../../../core/sync/match-streams.js";
import { type ConnectionPlan, defaultCommitLimits, type StreamOptions } from "../../../core/sync/plan.js";
import { type LostStream, selectStreams } from "../../../core/sync/select-streams.js";
import { loadState, saveState } from "../../../core/sync/stream-state.js";
import type { Capabilities } from "../../../sdk/destination.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Catalog, Stream } from "../../../sdk/schema/stream.js";

const capabilities: Capabilities = {
  writeModes: ["append", "overwrite", "merge", "scd2"],
  maxIdentifierBytes: 63,
  caseInsensitive: true,
  defaultSchema: "main",
  removes: true,
  scans: false,
  childTables: false,
};

function stream(name: string, namespace = "public", primaryKey: string[] = ["id"]): Stream {
  const columns = ["id", "status", "updated_at"].map((column) => ({
    name: column,
    type: parseType("int64"),
    nullable: true,
  }));
  return {
    name,
    namespace,
    columns,
    primaryKey,
    cursorFields: ["updated_at"],
    readModes: ["full_refresh", "incremental"],
  };
}

const catalog: Catalog = { streams: [stream("orders"), stream("customers"), stream("events", "audit", [])] };

function connection(...streams: [string, StreamOptions][]): ConnectionPlan {
  const end = { connector: "memory", config: {} };
  return {
    name: "shop",
    source: end,
    destination: end,
    schema: undefined,
    streams: streams.map(([pattern, options]) => ({ pattern, options })),
    commit: defaultCommitLimits,
    fullRefresh: false,
  };
}

const select = (...streams: [string, StreamOptions][]) =>
  selectStreams({ catalog, connection: connection(...streams), capabilities });

describe("selecting streams", () => {
  it("takes what a pattern fits, and an exact name's options before a pattern's", () => {
    const plans = select(["public.*", { read: "full_refresh" }], ["public.orders", { read: "incremental" }]);
    expect(plans.map(({ id, read, write, table }) => ({ id, read, write, table }))).toEqual([
      { id: "public.orders", read: "incremental", write: "merge", table: "orders" },
      { id: "public.customers", read: "full_refresh", write: "overwrite", table: "customers" },
    ]);
  });

  it("appends what is read incrementally without a key", () => {
    expect(select(["audit.events", { read: "incremental" }])[0]).toMatchObject({
      write: "append",
      cursorField: "updated_at",
    });
  });

  it("reads the selected columns in the order given, less the excluded ones", () => {
    expect(
      select(["public.orders", { select: ["updated_at", "id", "status"], exclude: ["status"] }])[0]!.columns,
    ).toEqual(["updated_at", "id"]);
  });

  it.each<[string, [string, StreamOptions], string, string]>([
    ["a stream the source has not", ["public.order", {}], "stream.not_found", "did you mean 'public.orders'?"],
    [
      "a column the stream has not",
      ["public.orders", { select: ["stauts"] }],
      "stream.no_column",
      "did you mean 'status'?",
    ],
    [
      "merge without a key",
      ["audit.events", { write: "merge" }],
      "stream.no_primary_key",
      "set primary_key: [column, …]",
    ],
    [
      "an incremental overwrite",
      ["public.orders", { read: "incremental", write: "overwrite" }],
      "stream.modes",
      "write: merge, append or scd2",
    ],
    [
      "a mode the source has not",
      ["public.orders", { read: "cdc" }],
      "stream.read_mode",
      "it can: full_refresh, incremental",
    ],
    [
      "a key that is not selected",
      ["public.orders", { write: "merge", select: ["status"] }],
      "stream.no_column",
      "its columns are status",
    ],
  ])("refuses %s, with the fix", (_, selection, code, hint) => {
    expect(() => select(selection)).toThrowError(expect.objectContaining({ kind: "config", code, hint }));
  });

  it("refuses two streams that would be one table", () => {
    expect(() => select(["public.orders", {}], ["public.customers", { table: "ORDERS" }])).toThrowError(
      expect.objectContaining({ code: "naming.table_collision" }),
    );
  });
});

describe("a pattern", () => {
  it.each([
    ["public.*", "public.orders", true],
    ["public.*", "publicXorders", false],
    ["*.orders", "public.orders", true],
    ["public.orders", "public.orders_old", false],
    ["a+(b)", "a+(b)", true],
    ["*", "any\nthing", true],
  ])("%s fits %s: %s", (pattern, id, fits) => {
    expect(matches(pattern, id)).toBe(fits);
  });

  it("goes on without a stream that was loaded before and whose source has changed, and says why", () => {
    const before = loadState(
      saveState({ read: "incremental", columns: [], primaryKey: ["id"], complete: true, source: undefined }),
    )!;
    const known = new Map([
      ["public.gone", before],
      ["public.orders", before],
    ]);
    const wanted = connection(["public.gone", {}], ["public.orders", { cursor: "changed" }], ["public.customers", {}]);
    const lost: LostStream[] = [];
    const plans = selectStreams({ catalog, connection: wanted, capabilities, known, onLost: (one) => lost.push(one) });
    expect(plans.map(({ id }) => id)).toEqual(["public.customers"]);
    expect(lost.map(({ id, error }) => [id, error.code])).toEqual([
      ["public.gone", "stream.not_found"],
      ["public.orders", "stream.no_column"],
    ]);
    const never = connection(["public.nowhere", {}], ["public.customers", {}]);
    expect(() => selectStreams({ catalog, connection: never, capabilities, known, onLost() {} })).toThrow(
      "public.nowhere",
    );
  });

  it("goes on without a stream that the source cannot describe, and tells of none that nobody wants", () => {
    const error = { kind: "data", code: "file.quote", message: "line 2" } as const;
    const found = { ...catalog, broken: [{ name: "items", namespace: "public", error }] };
    const lost: string[] = [];
    const chosen = (pattern: string, onLost?: (one: LostStream) => void) =>
      selectStreams({
        catalog: found,
        connection: connection([pattern, {}]),
        capabilities,
        ...(onLost && { onLost }),
      }).map(({ id }) => id);
    expect(chosen("public.*", ({ id, error: { code } }) => lost.push(`${id}: ${code}`))).toHaveLength(2);
    expect(lost).toEqual(["public.items: file.quote"]);
    expect(chosen("public.orders")).toEqual(["public.orders"]);
    expect(() => chosen("public.items")).toThrow("line 2");
  });

  it("finds a stream that is named without its namespace", () => {
    expect(() => select(["orders", {}])).toThrow(expect.objectContaining({ hint: "did you mean 'public.orders'?" }));
  });
});

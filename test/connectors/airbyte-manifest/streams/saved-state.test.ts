import { expect, test } from "vitest";
import { json } from "../fake-runtime.js";
import { read, requester, selector, stream } from "../read-manifest.js";

test("a state by the keys of partitions, as old connectors saved it, becomes one by partitions", async () => {
  const children = stream(
    "s",
    "?",
    {
      incremental_sync: {
        type: "DatetimeBasedCursor",
        cursor_field: "at",
        datetime_format: "%Y-%m-%d",
        start_datetime: "2024-01-01",
      },
      state_migrations: [{ type: "LegacyToPerPartitionStateMigration" }],
    },
    {
      requester: requester("c/{{ stream_partition.pid }}?since={{ stream_interval.start_time }}"),
      record_selector: selector,
      partition_router: {
        type: "UnionPartitionRouter",
        partition_field: "pid",
        partition_routers: [{ type: "ListPartitionRouter", cursor_field: "pid", values: ["1", "2"] }],
      },
    },
  );
  const { paths } = await read(
    { streams: [children] },
    "s",
    { answer: () => json({ data: [] }) },
    { state: { "1": { at: "2024-02-05" } } },
  );
  expect(paths).toEqual(["GET /c/1?since=2024-02-05", "GET /c/2?since=2024-01-01"]);
});

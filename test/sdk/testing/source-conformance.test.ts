import { afterAll, describe, test } from "vitest";
import type { UnpackedValue } from "../../../sdk/batch/unpack.js";
import { parseType, scalarKinds } from "../../../sdk/schema/column-type.js";
import {
  canonicalRows,
  edgeValues,
  extremeValues,
  memorySource,
  repack,
  sourceConformance,
} from "../../../sdk/testing/index.js";

const kinds = [...scalarKinds, "decimal(18,4)", "decimal(38,10)", "list<int64>", "list<string>"].filter(
  (kind) => kind !== "json",
);
const columns = [
  { name: "id", type: parseType("int64"), nullable: false },
  ...kinds.map((kind) => ({ name: kind, type: parseType(kind), nullable: true })),
];
const values = columns.map(({ type }) => [null, ...edgeValues(type), ...extremeValues(type)]);
const rows = Array.from({ length: 12 }, (_, i) =>
  Object.fromEntries(
    columns.map(({ name }, c): [string, UnpackedValue] => [
      name,
      c === 0 ? BigInt(i + 1) : values[c]![i % values[c]!.length]!,
    ]),
  ),
);
const orderColumns = [
  { name: "id", type: parseType("int32"), nullable: false },
  { name: "updated_at", type: parseType("timestamp"), nullable: false },
];
const orders = Array.from({ length: 9 }, (_, i) => ({
  id: i,
  updated_at: `2024-01-0${1 + Math.floor(i / 4)} 00:00:00+00`,
}));
const newer = [
  { id: 100, updated_at: "2024-01-03 00:00:00+00" },
  { id: 101, updated_at: "2024-02-01 00:00:00+00" },
];
const orderTable = {
  namespace: "shop",
  name: "orders",
  columns: orderColumns,
  cursorFields: ["updated_at"],
  rows: [...orders],
};

sourceConformance(
  { describe, test, afterAll },
  {
    name: "memory",
    source: memorySource([{ name: "every type", columns, primaryKey: ["id"], rows }, orderTable]),
    prepare: async () => ({ config: {} }),
    streams: [
      {
        stream: "every type",
        columns: Object.fromEntries([["id", "int64"], ...kinds.map((kind) => [kind, kind])]),
        primaryKey: ["id"],
        rows: canonicalRows(repack(columns, rows)),
      },
      {
        stream: "shop.orders",
        columns: { id: "int32", updated_at: "timestamp" },
        rows: canonicalRows(repack(orderColumns, orders)),
        incremental: {
          cursorField: "updated_at",
          async grow() {
            orderTable.rows.push(...newer);
            return canonicalRows(repack(orderColumns, newer));
          },
        },
      },
    ],
  },
);

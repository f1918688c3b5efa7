import { expect, test } from "vitest";
import { quarantinedRows } from "../../../core/quality/quarantined-row.js";

const rejects = [1, 4].map((row) => ({ row, rule: "r", reason: "why", text: `{"id":${row}}` }));
const load = { loadId: 7, counted: 2, masks: {}, origin: undefined };

test("rejected rows are numbered through, and placed where the source has them", () => {
  const rows = quarantinedRows(rejects, { ...load, origin: { file: "a.csv", firstRow: 11 }, masks: { a: "sha256" } });
  expect(rows.map(({ quarantineId, sourcePosition }) => [quarantineId, sourcePosition])).toEqual([
    ["7-3", { file: "a.csv", row: 12, masks: { a: "sha256" } }],
    ["7-4", { file: "a.csv", row: 15, masks: { a: "sha256" } }],
  ]);
  const placed = (more: object) => quarantinedRows(rejects, { ...load, ...more })[1]!.sourcePosition;
  expect(placed({ origin: { file: "a.csv" } })).toEqual({ file: "a.csv" });
  expect(placed({ masks: { a: "sha256" } })).toEqual({ masks: { a: "sha256" } });
  expect(placed({})).toBeUndefined();
  const origins = [undefined, undefined, undefined, undefined, { file: "b.csv", row: 3 }];
  expect(placed({ origin: origins, masks: { a: "sha256" } })).toEqual({
    file: "b.csv",
    row: 3,
    masks: { a: "sha256" },
  });
  expect(placed({ origin: [] })).toBeUndefined();
});

import { expect, test } from "vitest";
import { rowTexts } from "../../../core/quality/row-text.js";
import { replayedRow } from "../../../core/replay/replayed-row.js";
import { pack } from "../../../sdk/batch/pack.js";
import { parseType, scalarKinds } from "../../../sdk/schema/column-type.js";
import { canonicalRows, edgeValues, extremeValues, repack } from "../../../sdk/testing/index.js";

const types = [...scalarKinds, "decimal(18,4)", "decimal(38,10)", "list<int64>", "list<string>"].map(parseType);

test.each(types)("a quarantined %o comes back exactly", (type) => {
  const columns = [{ name: "v", type, nullable: true }];
  const values = [null, ...edgeValues(type), ...extremeValues(type)];
  const before = repack(
    columns,
    values.map((v) => ({ v })),
  );
  const texts = values.map((_, row) => rowTexts(before)(row));
  const after = pack(
    columns,
    texts.map((text) => replayedRow(text, columns)),
  );
  expect(canonicalRows(after)).toEqual(canonicalRows(before));
});

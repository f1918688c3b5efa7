import { expect, test } from "vitest";
import { stoppedBy } from "../../../core/quality/stopped-by.js";

test("a row that stops its stream is named by its key, with every digit", () => {
  const text = '{"note":"x","id":9007199254740993,"part":"a \\"b\\"","price":0.10000000000000000001,"day":null}';
  const reject = { row: 0, rule: "range(id)", reason: "'id' is above 5", text };
  const error = stoppedBy(reject, { id: "shop.orders", primaryKey: ["id", "part", "price", "day"] });
  expect(error).toMatchObject({ code: "quality.rule_failed", stream: "shop.orders" });
  expect(error.row).toBe('id=9007199254740993, part=a "b", price=0.10000000000000000001, day=null');
  expect(stoppedBy(reject, { id: "s", primaryKey: [] }).row).toBeUndefined();
});

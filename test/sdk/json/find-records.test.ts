import { expect, test } from "vitest";
import { findRecord, findRecords } from "../../../sdk/json/find-records.js";
import { jsonList } from "../../../sdk/json/json-records.js";

function found(text: string, path?: readonly string[]): unknown {
  const list = findRecords(Buffer.from(text), path);
  return list === undefined ? undefined : jsonList(list.records);
}

test.for([
  ["the document", '[{"id":1},{"id":2}]', undefined, [{ id: 1 }, { id: 2 }]],
  ["the only list of a document", '{"page":1,"items":[{"id":1}],"next":null}', undefined, [{ id: 1 }]],
  [
    "at the end of a path",
    ' {"data":{"x":[1],"items" : [ {"id":1} , {"id":2} ]},"meta":{}} ',
    ["data", "items"],
    [{ id: 1 }, { id: 2 }],
  ],
  ["none", '{"items":[]}', ["items"], []],
  ["without members", "[{},{ }]", undefined, [{}, {}]],
  [
    "with other keys each",
    '[{"a":1},{"b":{"c":[]}},{"a":2,"b":3}]',
    undefined,
    [{ a: 1 }, { b: { c: [] } }, { a: 2, b: 3 }],
  ],
  ["behind a byte order mark", '\uFEFF[{"id":1}]', undefined, [{ id: 1 }]],
  ["with a key that comes twice", '[{"a":1,"a":2}]', undefined, [{ a: 2 }]],
] as const)("records are found: %s", ([, text, path, expected]) => {
  expect(found(text, path)).toEqual(expected);
});

test.for([
  ["a document of two lists", '{"a":[{"id":1}],"b":[{"id":2}]}', undefined],
  ["a path that leads to an object", '{"data":{"id":1}}', ["data"]],
  ["a path that leads nowhere", '{"data":[{"id":1}]}', ["items"]],
  ["a path of which a key comes twice", '{"data":[{"id":1}],"data":[{"id":2}]}', ["data"]],
  ["items that are no objects", '[{"id":1},2]', undefined],
  ["text that breaks off in the list", '{"data":[{"id":1},{"id"', ["data"]],
  ["text that breaks off behind the list", '{"data":[{"id":1}],"meta":{"a', ["data"]],
  ["something behind the document", '[{"id":1}] x', undefined],
  ["a comma too many", '[{"id":1,}]', undefined],
  ["another comma too many", '[{"id":1},]', undefined],
  ["a number with a leading zero", '[{"id":01}]', undefined],
  ["a control character in a string", '[{"id":"\u0001"}]', undefined],
  ["an empty text", "", undefined],
] as const)("what is not plain is left to the parser: %s", ([, text, path]) => {
  expect(found(text, path)).toBeUndefined();
});

test("records with hardly a key in common are left to the parser", () => {
  const records = Array.from({ length: 4000 }, (_, i) => `{"key ${i}":1}`);
  expect(found(`[${records.join(",")}]`)).toBeUndefined();
});

test("strings end at their quotes and hold no control characters, wherever these stand", () => {
  for (let length = 0; length < 12; length++) {
    const before = "é".repeat(length % 3) + "x".repeat(length);
    for (const inside of ["", '\\"', "\\\\", "\\n", "\u007f", "\u0080"]) {
      const text = `[{"a":"${before}${inside}${before}","b":"${before}"}]`;
      expect(found(text)).toEqual(JSON.parse(text));
    }
    for (const wrong of ["\u0000", "\u001f", "\n", "\\x"]) {
      expect(found(`[{"a":"${before}${wrong}${before}"}]`)).toBeUndefined();
    }
    expect(found(`[{"a":"${before}`)).toBeUndefined();
  }
});

test("one record is the object at the end of a path", () => {
  const one = (text: string, path: readonly string[]) => {
    const record = findRecord(Buffer.from(text), path);
    return record && jsonList(record.records);
  };
  expect(one(' {"id":1,"items":[1]} ', [])).toEqual([{ id: 1, items: [1] }]);
  expect(one('{"data":{"row":{"id":1}},"next":null}', ["data", "row"])).toEqual([{ id: 1 }]);
  expect(one('{"data":[{"id":1}]}', ["data"])).toBeUndefined();
  expect(one('{"data":{"id":1}', ["data"])).toBeUndefined();
});

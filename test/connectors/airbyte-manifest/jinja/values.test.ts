import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromJson, fromPlain, toJson, toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { literalEval } from "../../../../connectors/airbyte-manifest/jinja/literal/literal-eval.js";
import { equals, ordered } from "../../../../connectors/airbyte-manifest/jinja/values/compare.js";
import { pyDict } from "../../../../connectors/airbyte-manifest/jinja/values/dict.js";
import { pySet } from "../../../../connectors/airbyte-manifest/jinja/values/set.js";
import { repr, str } from "../../../../connectors/airbyte-manifest/jinja/values/text.js";
import { isTruthy } from "../../../../connectors/airbyte-manifest/jinja/values/truth.js";
import type { PyValue } from "../../../../connectors/airbyte-manifest/jinja/values/value.js";

const scalar = fc.oneof<fc.Arbitrary<PyValue>[]>(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: "binary" }).filter((text) => !/[\ud800-\udfff]/u.test(text)),
);
const { value } = fc.letrec<{ value: PyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(tie("value"), { maxLength: 4 }).map((items): PyValue => ({ kind: "tuple", items })),
    fc.array(fc.tuple(fc.string(), tie("value")), { maxLength: 4 }).map((entries): PyValue => pyDict(entries)),
  ),
}));

test("what repr writes, literal_eval reads", () => {
  return fc.assert(
    fc.property(value, (each) => {
      expect(repr(literalEval(repr(each)))).toBe(repr(each));
      expect(equals(literalEval(repr(each)), each)).toBe(true);
    }),
  );
});

test("JSON keeps ints of any size, floats as floats, and the order of keys", () => {
  for (const text of ['{"b":1,"a":[1.0,-0.0,1e+16],"1":12345678901234567890123}', "[]", '"é\\n"', "-7", "null"]) {
    expect(toJson(fromJson(text))).toBe(text);
  }
  expect(fromJson("1e3")).toBe(1000);
  expect(fromJson(" 10 ")).toBe(10n);
  return fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(toPlain(fromPlain(json))).toEqual(json);
    }),
  );
});

test("what is no JSON is refused with its place", () => {
  for (const text of ["", "{", "[1,]", "01", "'a'", '"\n"', "[1] 2", '{"a" 1}', "+1"]) {
    expect(() => fromJson(text), text).toThrow(expect.objectContaining({ code: "json.invalid" }));
  }
});

describe("text of values, as Python writes it", () => {
  test.each<[PyValue, string]>([
    [1.0, "1.0"],
    [1e16, "1e+16"],
    [123456789012345.6, "123456789012345.6"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [-0, "-0.0"],
    [Number.POSITIVE_INFINITY, "inf"],
    [12345678901234567890n, "12345678901234567890"],
    [["it's", 'a "b"', `both ' and "`], `["it's", 'a "b"', 'both \\' and "']`],
    [["\n\t\\\x00\x7f\u00a0é☃"], "['\\n\\t\\\\\\x00\\x7f\\xa0é☃']"],
    [{ kind: "tuple", items: [1n] }, "(1,)"],
    [
      pyDict([
        ["a", null],
        [1n, true],
      ]),
      "{'a': None, 1: True}",
    ],
    [pySet(), "set()"],
    [{ kind: "bytes", data: Uint8Array.of(0, 39, 255) }, `b"\\x00'\\xff"`],
    [{ kind: "timedelta", microseconds: -1n }, "-1 day, 23:59:59.999999"],
    [[{ kind: "date", days: 0 }], "[datetime.date(1970, 1, 1)]"],
  ])("case %#", (each, text) => expect(str(each)).toBe(text));
});

test("equal keys of a dict are one key, and the first spelling stays", () => {
  const dict = pyDict([
    [1n, "int"],
    [1, "float"],
    [true, "bool"],
    ["1", "text"],
  ]);
  expect(repr(dict)).toBe("{1: 'bool', '1': 'text'}");
  expect(dict.get(1)).toBe("bool");
  expect(() => dict.set([], 1n)).toThrow("unhashable type: 'list'");
});

test("numbers compare by value across int, float and bool", () => {
  expect(equals(1n, 1)).toBe(true);
  expect(equals(true, 1n)).toBe(true);
  expect(equals(2n ** 53n + 1n, 2 ** 53)).toBe(false);
  expect(ordered("<", 2 ** 53, 2n ** 53n + 1n)).toBe(true);
  expect(() => ordered("<", 1n, "1")).toThrow("'<' not supported between instances of 'int' and 'str'");
  expect(ordered("<", "\uffff", "😀")).toBe(true);
});

test("zero, nothing and empty are false", () => {
  const none: PyValue[] = [null, false, 0n, 0, -0, "", [], pyDict(), pySet(), { kind: "tuple", items: [] }];
  expect(none.filter(isTruthy)).toEqual([]);
  const some: PyValue[] = [true, -1n, 0.1, " ", [null], pyDict([["", null]]), { kind: "date", days: 0 }];
  expect(some.filter(isTruthy)).toEqual(some);
});

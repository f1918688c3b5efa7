import { describe, expect, test } from "vitest";
import { literalOf } from "../../../../connectors/airbyte-manifest/jinja/interpolate.js";
import { repr } from "../../../../connectors/airbyte-manifest/jinja/values/text.js";
import { typeName } from "../../../../connectors/airbyte-manifest/jinja/values/type-name.js";

describe("text that is a Python literal becomes its value", () => {
  test.each([
    ["123", "int", "123"],
    ["1_000", "int", "1000"],
    ["1.10", "float", "1.1"],
    ["1e3", "float", "1000.0"],
    ["0x1F", "int", "31"],
    ["-5", "int", "-5"],
    ["00", "int", "0"],
    ["12345678901234567890", "int", "12345678901234567890"],
    ["True", "bool", "True"],
    ["None", "NoneType", "None"],
    ["'a' \"b\"", "str", "'ab'"],
    ["'''a\n'''", "str", "'a\\n'"],
    ["r'\\n'", "str", "'\\\\n'"],
    ["b'\\xff'", "bytes", "b'\\xff'"],
    ["1,", "tuple", "(1,)"],
    ["(1, 2)", "tuple", "(1, 2)"],
    ["[1, [2.0], {'a': (3,)}]", "list", "[1, [2.0], {'a': (3,)}]"],
    ["{1, 1.0, True}", "set", "{1}"],
    ["set()", "set", "set()"],
    ["\n[\n 1, # one\n 2]\n\n", "list", "[1, 2]"],
    ["[1+2j]", "list", "[(1+2j)]"],
  ])("%j", (text, type, written) => {
    const value = literalOf(text);
    expect([typeName(value), repr(value)]).toEqual([type, written]);
  });
});

describe("other text stays text", () => {
  test.each([
    "007",
    "2024-01-01",
    "2024-10-12",
    "1__0",
    "1_",
    "abc",
    "true",
    "null",
    "1 2",
    "1+1",
    "--1",
    "-True",
    "[1,,2]",
    "(,)",
    "{[]: 1}",
    "{1: 2, 3}",
    "'open",
    "f'x'",
    "'a' b'b'",
    "1j",
    "\n 1",
    "1\n ",
    "#",
    "",
    " ",
    "a.b",
    "lambda: 1",
    "nan",
    `${"[".repeat(250)}${"]".repeat(250)}`,
  ])("%j", (text) => expect(literalOf(text)).toBe(text));
});

test("a type that is not valid stays text", () => {
  expect(literalOf("1", ["str", "list"])).toBe("1");
  expect(literalOf("[1]", ["str", "list"])).toEqual([1n]);
  expect(literalOf("True", ["int"])).toBe(true);
  expect(literalOf("1.0", ["int"])).toBe("1.0");
});

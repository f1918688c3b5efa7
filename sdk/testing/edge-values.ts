import type { UnpackedValue } from "../batch/unpack.js";
import type { ColumnType } from "../schema/column-type.js";

/**
 * Values of a type at its limits, in the form that `unpack` gives and `pack` takes (json apart, which `pack` takes as
 * `rawJson`): what every source and destination must carry unchanged, or refuse by an error.
 */
export function edgeValues(type: ColumnType): readonly UnpackedValue[] {
  switch (type.kind) {
    case "boolean":
      return [true, false];
    case "int16":
      return [0, 1, -1, 32_767, -32_768];
    case "int32":
      return [0, 1, -1, 2_147_483_647, -2_147_483_648];
    case "int64":
      return [0n, 1n, -1n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n];
    case "float32":
      return [0, -0, 1.5, Math.fround(0.1), 3.4028234663852886e38, 1.401298464324817e-45, ...notFinite];
    case "float64":
      return [0, -0, 0.1, 1 / 3, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE, ...notFinite];
    case "decimal":
      return decimalEdges(type.precision, type.scale);
    case "string":
      return [
        "",
        " ",
        "a ",
        "NULL",
        "\\N",
        'it\'s "quoted"',
        "tab\there",
        "line\nbreak\r\n",
        "a,b;c",
        "ä€😀",
        "e\u0301",
        "x".repeat(13),
      ];
    case "binary":
      return [bytes(), bytes(0), bytes(255, 254, 0), bytes(...Array.from({ length: 256 }, (_, i) => i))];
    case "date":
      return ["1970-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "1969-12-31"];
    case "time":
      return ["00:00:00", "23:59:59.999999", "12:00:00.000001"];
    case "timestamp":
      return datetimes.map((text) => `${text}+00`);
    case "datetime":
      return datetimes;
    case "uuid":
      return [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "01234567-89ab-cdef-8123-456789abcdef",
        "80000000-0000-0000-0000-000000000000",
        "7fffffff-ffff-ffff-ffff-ffffffffffff",
      ];
    case "json":
      return ["null", "true", '"text"', "9007199254740993", "1.10", "[]", '{"a": [1, {"b": null}], "ä": "\\u0041"}'];
    case "list":
      return [[], [null], edgeValues(type.item), [...edgeValues(type.item), null]];
  }
}

/** Values that a type has but not every system: what cannot be carried must be refused by an error. */
export function extremeValues(type: ColumnType): readonly UnpackedValue[] {
  switch (type.kind) {
    case "string":
      return ["a\u0000b"];
    case "date":
      return ["infinity", "-infinity", "0044-03-15 BC", "10000-01-01", "294247-01-01"];
    case "time":
      return ["24:00:00"];
    case "timestamp":
      return [...farDatetimes.map(([date, era]) => `${date}+00${era}`), "infinity", "-infinity"];
    case "datetime":
      return [...farDatetimes.map(([date, era]) => `${date}${era}`), "infinity", "-infinity"];
    default:
      return [];
  }
}

const notFinite = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

const datetimes = [
  "1970-01-01 00:00:00",
  "1969-12-31 23:59:59.999999",
  "2024-02-29 12:00:00.000001",
  "0001-01-01 00:00:00",
  "9999-12-31 23:59:59.999999",
];

const farDatetimes = [
  ["0044-03-15 12:00:00.5", " BC"],
  ["10000-01-01 00:00:00", ""],
  ["294246-12-31 23:59:59.999999", ""],
] as const;

function decimalEdges(precision: number, scale: number): string[] {
  const nines = "9".repeat(precision);
  const most = scale === 0 ? nines : `${nines.slice(0, precision - scale) || "0"}.${nines.slice(precision - scale)}`;
  const least = scale === 0 ? "1" : `0.${"1".padStart(scale, "0")}`;
  const zero = scale === 0 ? "0" : `0.${"0".repeat(scale)}`;
  return [zero, least, `-${least}`, most, `-${most}`];
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

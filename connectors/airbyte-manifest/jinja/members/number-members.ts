import { callable } from "../values/call.js";
import { tuple } from "../values/iterate.js";
import { bitLength, truncated } from "../values/numbers.js";
import type { PyValue } from "../values/value.js";

/** An attribute or method of an int, a float or a bool. */
export function numberMember(self: boolean | bigint | number, name: string): PyValue | undefined {
  const value = typeof self === "boolean" ? BigInt(self) : self;
  const attributes = typeof value === "bigint" ? intMembers(value) : floatMembers(value);
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function intMembers(value: bigint): Readonly<Record<string, PyValue>> {
  return {
    real: value,
    imag: 0n,
    numerator: value,
    denominator: 1n,
    conjugate: callable("conjugate", () => value),
    bit_length: callable("bit_length", () => BigInt(bitLength(value))),
    bit_count: callable("bit_count", () => BigInt(value.toString(2).replace(/[^1]/g, "").length)),
    as_integer_ratio: callable("as_integer_ratio", () => tuple(value, 1n)),
  };
}

function floatMembers(value: number): Readonly<Record<string, PyValue>> {
  return {
    real: value,
    imag: 0,
    conjugate: callable("conjugate", () => value),
    is_integer: callable("is_integer", () => Number.isInteger(value)),
    as_integer_ratio: callable("as_integer_ratio", () => {
      let [numerator, denominator] = [value, 1n];
      while (Number.isFinite(numerator) && !Number.isInteger(numerator)) {
        numerator *= 2;
        denominator *= 2n;
      }
      return tuple(truncated(numerator), denominator);
    }),
  };
}

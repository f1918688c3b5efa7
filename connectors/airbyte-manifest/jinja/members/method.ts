import type { Run } from "../run.js";
import { bindArguments, callable } from "../values/call.js";
import { PythonError } from "../values/python-error.js";
import { typeName } from "../values/type-name.js";
import type { PyValue } from "../values/value.js";

export type Given = readonly (PyValue | undefined)[];

/** Methods by name: their parameters (`a b? c/`, a slash for those given by place only), and what they do. */
export type Methods<T> = Readonly<
  Record<string, readonly [signature: string, apply: (self: T, given: Given, run: Run) => PyValue]>
>;

/** The method of that name, bound to its value. */
export function methodOf<T>(run: Run, methods: Methods<T>, self: T, type: string, name: string): PyValue | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return undefined;
  const [signature, apply] = method;
  return callable(
    name,
    (args, keywords) => apply(self, bindArguments(name, signature, args, keywords), run),
    `<built-in method ${name} of ${type} object at 0x0>`,
  );
}

export function asText(value: PyValue | undefined, what = "argument"): string {
  if (typeof value === "string") return value;
  const isMarkup = typeof value === "object" && value !== null && "kind" in value && value.kind === "markup";
  if (isMarkup) return value.text;
  throw new PythonError("TypeError", `${what} must be str, not ${typeName(value ?? null)}`);
}

export function asInt(value: PyValue | undefined): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return BigInt(value);
  throw new PythonError("TypeError", `'${typeName(value ?? null)}' object cannot be interpreted as an integer`);
}

/** An int as a JavaScript number for counts and places; what is far beyond them becomes just as far. */
export function asCount(value: PyValue | undefined, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  const int = asInt(value);
  return Number(int > 0x7fffffffffffn ? 0x7fffffffffffn : int < -0x7fffffffffffn ? -0x7fffffffffffn : int);
}

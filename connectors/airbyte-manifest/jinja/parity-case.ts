import { ConfigError } from "../../../sdk/errors.js";
import { literalOf } from "./interpolate.js";
import { toJson } from "./json.js";
import { compileTemplate, renderText } from "./template.js";
import { PythonError } from "./values/python-error.js";
import { str } from "./values/text.js";
import { typeName } from "./values/type-name.js";
import type { PyDict } from "./values/value.js";

/**
 * How a recorded result of the reference differs from ours, as a line; undefined where it does not. A case is
 * `{ t, ctx, r, f, ft }`: template, context, rendered text, the value after literal evaluation and its Python type; or
 * `{ t, ctx, err }`: an error, which is compared by its class.
 */
export function templateDifference(recorded: PyDict, clock: () => number): string | undefined {
  const error = recorded.get("err");
  const expected = error === undefined ? `${recorded.get("ft")} ${toJson(recorded.get("f") ?? null)}` : str(error);
  try {
    const context = Object.fromEntries(
      Array.from(recorded.get("ctx") as PyDict, ([name, value]) => [str(name), value]),
    );
    const rendered = renderText(compileTemplate(str(recorded.get("t") ?? "")), context, { clock });
    const value = literalOf(rendered);
    const got = `${typeName(value)} ${toJson(value)}`;
    if (error === undefined && rendered === recorded.get("r") && got === expected) return undefined;
    return `expected ${expected}, got ${got} from ${JSON.stringify(rendered)}`;
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const type = thrown.cause instanceof PythonError ? thrown.cause.type : "ValueError";
    if (error !== undefined && thrown.code !== "template.limit" && expected.startsWith(`${type}:`)) return undefined;
    return `expected ${expected}, got ${thrown.message}`;
  }
}

/** A clock that stands still at an ISO instant; what a Date does not keep, microseconds, it does. */
export function clockAt(instant: string): () => number {
  const micros = /\.\d{3}(\d{1,3})/.exec(instant)?.[1] ?? "0";
  const milliseconds = Date.parse(instant) + Number(micros.padEnd(3, "0")) / 1000;
  return () => milliseconds;
}

import type { Filter, Run } from "../run.js";
import { bindArguments } from "../values/call.js";
import type { PyValue } from "../values/value.js";

export type Filters = Readonly<Record<string, Filter>>;

/** A filter with a Python signature for the arguments after its value. */
export function filter(
  name: string,
  signature: string,
  apply: (run: Run, value: PyValue, given: readonly (PyValue | undefined)[]) => PyValue,
): Filter {
  return (run, value, args, keywords) => apply(run, value, bindArguments(name, signature, args, keywords));
}

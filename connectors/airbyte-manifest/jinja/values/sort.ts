import type { Run } from "../run.js";
import { ordered } from "./compare.js";
import type { PyValue } from "./value.js";

/** `sorted(values, key=key, reverse=reverse)`: stable, and only by `<`. */
export function sortValues(
  run: Run,
  values: readonly PyValue[],
  key: (value: PyValue) => PyValue,
  reverse: boolean,
): PyValue[] {
  const keyed = values.map((value) => ({ value, key: key(value) }));
  if (reverse) keyed.reverse();
  keyed.sort((a, b) => {
    run.step();
    if (ordered("<", a.key, b.key)) return -1;
    return ordered("<", b.key, a.key) ? 1 : 0;
  });
  if (reverse) keyed.reverse();
  return keyed.map(({ value }) => value);
}

import type { Run } from "../run.js";
import { iterate } from "./iterate.js";
import type { PyValue } from "./value.js";

/** The items of anything that can be walked, counted as steps. */
export function listOf(run: Run, value: PyValue): PyValue[] {
  const items: PyValue[] = [];
  for (const item of iterate(value)) {
    run.step();
    items.push(item);
  }
  return items;
}

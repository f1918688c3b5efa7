import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { noOptions } from "../requests/options-provider.js";
import type { Slice } from "../slices/slice.js";
import type { Router } from "./router.js";

export interface GroupingOptions {
  readonly size: number;
  readonly router: Router;
  /** Whether a value that comes again is left out. */
  readonly deduplicate: boolean;
}

/** Takes several partitions together into one whose values are lists. */
export function groupingRouter({ size, router, deduplicate }: GroupingOptions): Router {
  let state: PyValue | undefined = pyDict();
  return {
    ...noOptions,
    async *slices() {
      let group: Slice[] = [];
      const seen = pyDict();
      for await (const slice of router.slices()) {
        const value = onlyValue(slice);
        if (deduplicate && seen.has(value)) continue;
        group.push(slice);
        if (deduplicate) seen.set(value, null);
        if (group.length < size) continue;
        state = router.state();
        yield grouped(group);
        group = [];
      }
      state = router.state();
      if (group.length > 0) yield grouped(group);
    },
    state: () => state,
  };
}

function onlyValue({ partition }: Slice): PyValue {
  const names = [...partition.keys()].filter((name) => name !== "parent_slice");
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new ConfigError(
      "manifest.grouping",
      `a GroupingPartitionRouter groups partitions of one value, not ${str(partition)}`,
    );
  }
  return partition.get(name) ?? null;
}

function grouped(group: readonly Slice[]): Slice {
  const [first] = group as readonly [Slice, ...Slice[]];
  const extraNames = new Set(group.flatMap(({ extraFields }) => [...extraFields.keys()]));
  return {
    partition: columns(
      [...first.partition.keys()],
      group.map(({ partition }) => partition),
    ),
    cursor: pyDict(),
    extraFields: columns(
      [...extraNames],
      group.map(({ extraFields }) => extraFields),
    ),
  };
}

function columns(names: readonly PyValue[], dicts: readonly PyDict[]): PyDict {
  return pyDict(names.map((name) => [name, dicts.map((dict) => dict.get(name) ?? null)]));
}

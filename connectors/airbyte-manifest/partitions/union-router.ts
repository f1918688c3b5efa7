import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict } from "../jinja/values/value.js";
import { noOptions } from "../requests/options-provider.js";
import { isDict } from "../value/is-dict.js";
import type { Router } from "./router.js";

/** The partitions of several routers, one after the other, each value once. */
export function unionRouter(routers: readonly Router[], partitionField: string): Router {
  return {
    ...noOptions,
    async *slices() {
      const seen = pyDict();
      for (const router of routers) {
        for await (const { partition, extraFields } of router.slices()) {
          const value = partition.get(partitionField);
          if (value === undefined) {
            throw new ConfigError(
              "manifest.union",
              `a UnionPartitionRouter needs '${partitionField}' in ${str(partition)}`,
            );
          }
          if (seen.has(value)) continue;
          seen.set(value, null);
          const others = [...partition].filter(([name]) => name !== partitionField);
          yield {
            partition: pyDict([[partitionField, value]]),
            cursor: pyDict(),
            extraFields: pyDict([...extraFields, ...others]),
          };
        }
      }
    },
    state() {
      const states = routers.map((router) => router.state()).filter((state) => isDict(state));
      return pyDict(states.flatMap((state) => [...(state as PyDict)]));
    },
  };
}

import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import type { Router } from "./router.js";

/** Every combination of the partitions of several routers. Where two say something under one name, the first one's word counts. */
export function productRouter(routers: readonly Router[]): Router {
  return {
    options(place, slice, token) {
      const parts = routers.map((router) => router.options(place, slice, token)).filter((part) => isDict(part));
      return firstWins(parts as readonly PyDict[]);
    },
    async *slices() {
      // As Python's product does, all partitions of all routers are known before the first combination is given.
      const pools: Slice[][] = [];
      for (const router of routers) {
        const pool: Slice[] = [];
        for await (const slice of router.slices()) pool.push(slice);
        pools.push(pool);
      }
      yield* combinations(pools, []);
    },
    state: () => undefined,
  };
}

function* combinations(pools: readonly (readonly Slice[])[], chosen: readonly Slice[]): Generator<Slice, void> {
  const pool = pools[chosen.length];
  if (pool === undefined) {
    yield {
      partition: firstWins(chosen.map(({ partition }) => partition)),
      cursor: chosen.find(({ cursor }) => cursor.size > 0)?.cursor ?? pyDict(),
      extraFields: firstWins(chosen.map(({ extraFields }) => extraFields)),
    };
    return;
  }
  for (const slice of pool) yield* combinations(pools, [...chosen, slice]);
}

/** One dict of several. The order of the names is that of Python's ChainMap: the last dict's names come first. */
function firstWins(dicts: readonly PyDict[]): PyDict {
  const merged = pyDict();
  for (const dict of [...dicts].reverse()) for (const [name, value] of dict) merged.set(name, value);
  return merged;
}

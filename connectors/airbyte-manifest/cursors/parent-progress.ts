import { equals } from "../jinja/values/compare.js";
import type { PyValue } from "../jinja/values/value.js";
import { copyOf } from "../value/copy.js";

/**
 * When a parent's state may be saved: once every partition that came before it, and it itself, is read. Else a run that
 * ends early would never come back to the children of a parent already passed.
 */
export interface ParentProgress {
  /** A partition's slices begin; `state` tells the parent's state then, where it is asked for it. */
  begin(partition: string, state: () => PyValue | undefined): void;
  end(partition: string): void;
  /** The newest state that may be saved now and was not told before. */
  closed(): PyValue | undefined;
}

/** Up to the sixteenth partition each one is looked at, of a thousand about every sixtieth. */
const growth = 1.06;

export function createParentProgress(): ParentProgress {
  const waiting: { readonly state: PyValue; readonly order: number }[] = [];
  /** Partitions at work, in order. */
  const working = new Map<string, number>();
  let count = 0;
  let last: PyValue | undefined;
  /** A parent's state may be as large as its partitions are many: it is looked at less often the more there were. */
  let nextLook = 0;
  return {
    begin(partition, state) {
      const order = count++;
      working.set(partition, order);
      if (order < nextLook) return;
      nextLook = Math.max(order + 1, Math.ceil(order * growth));
      const own = state();
      if (own === undefined || (last !== undefined && waiting.length > 0 && equals(last, own))) return;
      last = copyOf(own);
      waiting.push({ state: last, order });
    },
    end: (partition) => void working.delete(partition),
    closed() {
      let state: PyValue | undefined;
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const oldest = working.values().next().value;
        if (oldest !== undefined && oldest <= next.order) break;
        state = next.state;
        waiting.shift();
      }
      return state;
    },
  };
}

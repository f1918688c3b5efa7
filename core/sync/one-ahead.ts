/** Tasks that run one after the other, the next one prepared while the one before still runs. */
export interface OneAhead {
  /** Queues a task behind the one before; resolves when that one has ended. Throws what it threw. */
  push(task: () => Promise<void>): Promise<void>;
  /** Resolves when all have ended. */
  drain(): Promise<void>;
}

export function oneAhead(): OneAhead {
  let last = Promise.resolve();
  return {
    async push(task) {
      const before = last;
      last = before.then(task);
      // Whoever pushes or drains next is told.
      last.catch(() => undefined);
      await before;
    },
    drain: () => last,
  };
}

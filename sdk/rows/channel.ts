/** Hands things from several makers to one taker, one at a time: a maker waits until its thing is taken. */
export interface Channel<T> {
  /** Resolves when the taker has asked for the next thing; rejects when it has left. */
  put(item: T): Promise<void>;
  /** Nothing more will come. */
  end(error?: unknown): void;
  /** The taker's side; leaving it rejects what makers wait for. */
  items(): AsyncGenerator<T>;
}

export function openChannel<T>(): Channel<T> {
  const waiting: { readonly item: T; readonly taken: () => void; readonly left: (error: Error) => void }[] = [];
  let ended: { readonly error: unknown } | undefined;
  let closed = false;
  let wake = () => {};

  return {
    put(item) {
      return new Promise((taken, left) => {
        if (closed) return left(new Error("the reader has left"));
        waiting.push({ item, taken, left });
        wake();
      });
    },
    end(error) {
      ended ??= { error };
      wake();
    },
    async *items() {
      try {
        for (;;) {
          const next = waiting.shift();
          if (next !== undefined) {
            yield next.item;
            next.taken();
          } else if (ended !== undefined) {
            if (ended.error !== undefined) throw ended.error;
            return;
          } else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        closed = true;
        for (const { left } of waiting) left(new Error("the reader has left"));
      }
    },
  };
}

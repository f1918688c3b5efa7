import type { Message } from "../../sdk/messages.js";

/** Several reads at the same time, as one: messages come as they are ready. A failure of one ends all. */
export async function* mergedReads(reads: readonly AsyncIterable<Message>[]): AsyncGenerator<Message> {
  const iterators = reads.map((read) => read[Symbol.asyncIterator]());
  const pending = new Map(iterators.map((iterator, i) => [i, next(iterator, i)]));
  try {
    while (pending.size > 0) {
      const { i, result } = await Promise.race(pending.values());
      if (result.done === true) {
        pending.delete(i);
      } else {
        pending.set(i, next(iterators[i]!, i));
        yield result.value;
      }
    }
  } finally {
    // What is still under way is no longer wanted, and neither is its failure.
    for (const one of pending.values()) one.catch(() => undefined);
    await Promise.allSettled([...pending.keys()].map((i) => iterators[i]!.return?.()));
  }
}

async function next(iterator: AsyncIterator<Message>, i: number) {
  return { i, result: await iterator.next() };
}

/* Not waited for: a lane ends when its connection does, and the first error is the one that counts. */
const ignore = () => undefined;

/** Gives what several generators give, in the order it comes; none runs further ahead than one value. */
export async function* mergeLanes<Value>(lanes: readonly AsyncGenerator<Value, void>[]): AsyncGenerator<Value, void> {
  type Turn = { readonly lane: AsyncGenerator<Value, void>; readonly result: IteratorResult<Value, void> };
  const turn = async (lane: AsyncGenerator<Value, void>): Promise<Turn> => ({ lane, result: await lane.next() });
  const turns = new Map(lanes.map((lane) => [lane, turn(lane)]));
  try {
    while (turns.size > 0) {
      const { lane, result } = await Promise.race(turns.values());
      if (result.done === true) {
        turns.delete(lane);
        continue;
      }
      turns.set(lane, turn(lane));
      yield result.value;
    }
  } finally {
    for (const [lane, rest] of turns) {
      rest.catch(ignore);
      lane.return().catch(ignore);
    }
  }
}

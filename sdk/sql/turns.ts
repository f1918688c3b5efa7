/** Rows on their way into one table. */
export interface Flow {
  /** Lets other statements have the connection until the next rows come. */
  pause(): Promise<void>;
}

/** Whose rows a load's connection takes: those of one table at a time, and meanwhile no other statement. */
export interface Turns {
  take(flow: Flow): Promise<void>;
  /** Pauses whoever has the connection. */
  end(): Promise<void>;
  /** The rows were dropped on their way: nobody has it. */
  forget(): void;
}

export function connectionTurns(): Turns {
  let holder: Flow | undefined;

  async function end(): Promise<void> {
    const ending = holder;
    holder = undefined;
    await ending?.pause();
  }

  return {
    async take(flow) {
      if (holder === flow) return;
      await end();
      holder = flow;
    },
    end,
    forget() {
      holder = undefined;
    },
  };
}

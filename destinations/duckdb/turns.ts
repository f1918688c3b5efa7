import type { Filling } from "./fill-intake.js";

/** Whose rows the load's connection takes: those of one table at a time, and meanwhile no other statement. */
export interface Turns {
  take(filling: Filling): Promise<void>;
  /** Lets other statements have the connection until the next rows come. */
  end(): Promise<void>;
}

export function turns(): Turns {
  let holder: Filling | undefined;

  async function end(): Promise<void> {
    const ending = holder;
    holder = undefined;
    await ending?.pause();
  }

  return {
    async take(filling) {
      if (holder === filling) return;
      await end();
      holder = filling;
    },
    end,
  };
}

/**
 * Lets few statements run at once: each holds one of the few threads that Node uses for files and names too, and with none
 * left those would stand still.
 */
export interface StatementGate {
  /** Runs when there is room, in the order of the calls; the statements of one connection run one after the other. */
  run<T>(connection: object, statement: () => Promise<T>): Promise<T>;
  /** Statements that run, wait for room, or have an answer that is not delivered yet. */
  readonly busy: number;
  /** Statements that wait for room. */
  readonly waiting: number;
}

export function statementGate(limit: number): StatementGate {
  const lastOf = new WeakMap<object, Promise<unknown>>();
  const waiters: (() => void)[] = [];
  let running = 0;
  let busy = 0;

  async function enter(): Promise<void> {
    if (running < limit) running++;
    else await new Promise<void>((resolve) => waiters.push(resolve));
  }

  function leave(): void {
    const next = waiters.shift();
    if (next === undefined) running--;
    else next();
  }

  async function after<T>(previous: Promise<unknown> | undefined, statement: () => Promise<T>): Promise<T> {
    await previous;
    await enter();
    try {
      return await statement();
    } finally {
      leave();
      busy--;
    }
  }

  return {
    run(connection, statement) {
      busy++;
      const result = after(lastOf.get(connection), statement);
      lastOf.set(
        connection,
        result.catch(() => undefined),
      );
      return result;
    },
    get busy() {
      return busy;
    },
    get waiting() {
      return waiters.length;
    },
  };
}

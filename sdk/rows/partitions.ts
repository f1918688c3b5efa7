import type { Row } from "../batch/pack.js";
import { ConfigError, DataError, SluiceError, TransientError } from "../errors.js";
import type { JsonObject } from "../json.js";
import { openChannel } from "./channel.js";
import { type Checkpoint, checkpoint, checkpointState } from "./checkpoint.js";
import { partitionStates } from "./partition-states.js";
import { pageBytes, rowPage } from "./row-page.js";
import type { Reading } from "./row-stream.js";

export interface Partitions<Parent> extends Pick<Reading, "state" | "mode"> {
  /** Read one after another as they are needed, and never held together. */
  readonly parents: AsyncIterable<Parent> | Iterable<Parent>;
  /** Names a parent in the state. */
  key(parent: Parent): string;
  /** The rows of one parent, from its own state; with checkpoints as in a stream of its own. */
  read(parent: Parent, state: JsonObject | undefined): AsyncIterable<Row | readonly Row[] | Checkpoint>;
  /** Parents read at once: 4. */
  readonly concurrency?: number;
}

/** Rows of one parent that wait for its next checkpoint; beyond it the parent has the way to itself until then. */
const heldBytes = 4 * 1024 * 1024;
/** A checkpoint names every parent: not after each, but after this much, or after this time where a part of them has moved on. */
const checkpointBytes = 4 * 1024 * 1024;
const checkpointMs = 1000;
const checkpointPart = 1 / 8;
/** After this time it is worth its while however few they are. */
const longestMs = 10_000;
/** More parents than this do not fail by chance. */
const mostFailures = 100;

type Item = Row | readonly Row[] | Checkpoint;

/**
 * The rows of many parents: the orders of each customer. Each parent has its own state, and rows come out only together
 * with the checkpoint that covers them. A parent that fails holds up none of the others: its state stays where it was, and
 * the read ends with an error when all the others are done. Memory does not grow with the number of parents but by their
 * states, some hundred bytes each.
 *
 * In a full refresh that goes on after an interruption, parents that were read to their end are not read again.
 */
export async function* readPartitions<Parent>(
  options: Partitions<Parent>,
): AsyncGenerator<readonly Row[] | Checkpoint> {
  const { mode, parents, concurrency = 4 } = options;
  const states = partitionStates(options.state);
  const failures: { readonly key: string; readonly error: SluiceError }[] = [];
  const channel = openChannel<Segment>();
  const turn = openTurn();
  const iterator = (async function* () {
    yield* parents;
  })();

  async function worker(): Promise<void> {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      const key = options.key(next.value);
      const state = states.get(key);
      if (mode === "full_refresh" && state?.done === true) continue;
      await readParent(next.value, key, state);
    }
  }

  async function readParent(parent: Parent, key: string, state: JsonObject | undefined): Promise<void> {
    let reached = state;
    let held: (readonly Row[])[] = [];
    let bytes = 0;
    /** Gives the way back; defined while this parent has it. */
    let release: (() => void) | undefined;
    const pass = async (covers: JsonObject | undefined) => {
      release ??= await turn.take();
      await channel.put({ pages: held, bytes, key, covers });
      [held, bytes] = [[], 0];
      if (covers !== undefined) release = void release();
    };
    try {
      for await (const item of options.read(parent, state) as AsyncIterable<Item>) {
        const position = checkpointState(item);
        if (position !== undefined) {
          reached = position;
          await pass(position);
        } else {
          const page: readonly Row[] = Array.isArray(item) ? item : [item as Row];
          if (page.length > 0) held.push(page);
          bytes += pageBytes(rowPage(page));
          if (bytes >= heldBytes) await pass(undefined);
        }
      }
      await pass(mode === "full_refresh" ? { done: true } : (reached ?? {}));
    } catch (error) {
      // Rows that are out and not covered cannot be taken back.
      if (release !== undefined || !isOfOneParent(error) || failures.length >= mostFailures) throw error;
      failures.push({ key, error });
    } finally {
      release?.();
    }
  }

  const workers = Promise.all(Array.from({ length: concurrency }, worker));
  workers.then(
    () => channel.end(),
    (error) => channel.end(error),
  );
  let [since, moved, passedAt] = [0, 0, Date.now()];
  const whole = () => checkpoint(states.saved());
  try {
    for await (const { pages, bytes, key, covers } of channel.items()) {
      yield* pages;
      since += bytes;
      if (covers === undefined) continue;
      states.set(key, covers);
      moved += 1;
      const waitMs = moved < states.size * checkpointPart ? longestMs : checkpointMs;
      if (since < checkpointBytes && Date.now() - passedAt < waitMs) continue;
      yield whole();
      [since, moved, passedAt] = [0, 0, Date.now()];
    }
  } finally {
    void iterator.return();
  }
  yield whole();
  if (failures.length > 0) throw failed(failures, states.size);
}

/** Rows that go out together. */
interface Segment {
  readonly pages: readonly (readonly Row[])[];
  /** About as much as they take. */
  readonly bytes: number;
  readonly key: string;
  /** The parent's state once these rows are there; undefined where more of them belong to it. */
  readonly covers: JsonObject | undefined;
}

/** Lets one at a time through; `take` resolves to what gives the turn on. */
function openTurn() {
  let last: Promise<void> = Promise.resolve();
  return {
    async take(): Promise<() => void> {
      const before = last;
      let done = () => {};
      last = new Promise((resolve) => {
        done = resolve;
      });
      await before;
      return done;
    },
  };
}

/** Whether an error may be of one parent alone: credentials, rates and networks are everybody's. */
function isOfOneParent(error: unknown): error is SluiceError {
  const shared = [
    "http.unauthorized",
    "http.token_refused",
    "http.rate_limited",
    "http.network",
    "http.host_not_found",
  ];
  return error instanceof SluiceError && error.kind !== "system" && !shared.includes(error.code);
}

function failed(failures: readonly { readonly key: string; readonly error: SluiceError }[], read: number): SluiceError {
  const [{ key, error }] = failures as [(typeof failures)[number]];
  const others = failures.length === 1 ? "" : ` and ${failures.length - 1} others`;
  const message = `${failures.length} of ${read + failures.length} partitions failed: '${key}'${others}: ${error.message}`;
  const kind = { config: ConfigError, transient: TransientError, data: DataError, system: DataError }[error.kind];
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new kind("rows.partitions_failed", message, { ...hint, cause: error });
}

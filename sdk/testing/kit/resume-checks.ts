import type { Json } from "../../json.js";
import type { ReadRequest } from "../../source.js";
import type { StreamRead } from "../read-stream.js";
import type { Check } from "./check.js";
import { distinct, expectSameRows, readAll, type StreamTrial, shown, smallBatches } from "./stream-trial.js";
import { expect, NotApplicable } from "./verdict.js";

/** Checkpoints that a read is resumed from: the first, the last, and as many between them. */
const resumedFrom = 12;

/** What is asked of states. */
export const resumeChecks: readonly Check<StreamTrial>[] = [
  {
    name: "states are JSON",
    advice:
      "make them of text, numbers, booleans, lists and plain objects: a Date, a bigint or undefined does not come back",
    async run({ whole }) {
      for (const { state } of whole.checkpoints) {
        const changed = changedByJson(state);
        expect(changed === undefined, `${changed}`);
      }
    },
  },
  {
    name: "a full read goes on from every checkpoint",
    advice: "start at request.state where it is given, right after the rows that came before that checkpoint",
    run: (trial) => resume(trial, {}, ["forbidden", "merged"]),
  },
  {
    name: "an incremental read goes on from every checkpoint",
    advice:
      "ask for what is at or after the saved cursor (>=, never >: rows that share it may come later), and yield checkpoints only behind all rows they cover",
    run: (trial) => resume(trial, incremental(trial), ["forbidden", "merged"]),
  },
  {
    name: "an incremental read gives nothing twice",
    advice:
      "with rereads forbidden, leave out the rows that were given: keep those of the boundary in the state (a stream with primaryKey and cursorField does)",
    async run(trial) {
      const mode = incremental(trial);
      await trial.open(async (source, request) => {
        const all = await readAll(source, request(mode));
        expectSameRows(all.rows, trial.whole.rows, "an incremental read from the beginning");
        const state = all.checkpoints.at(-1)?.state;
        expect(state !== undefined, "it ends without a checkpoint");
        const { rows } = await readAll(source, request({ ...mode, state: copied(state) }));
        expectSameRows(rows, [], `a read from its end, ${shown(state)}`);
      });
    },
  },
  {
    name: "cursors have a value",
    advice: "a row without a cursor is never seen to be new: choose a column that always has one, or read in full",
    async run(trial) {
      const { cursorField } = incremental(trial);
      if (cursorField === undefined) throw new NotApplicable("it has no cursor column");
      const empty = trial.whole.rows.find((row) => row[cursorField] === null);
      expect(empty === undefined, `'${cursorField}' is null in ${shown(empty ?? null)}`);
    },
  },
];

function incremental({ stream }: StreamTrial): Partial<ReadRequest> {
  if (!stream.readModes.includes("incremental")) throw new NotApplicable("it is not read incrementally");
  const [cursorField] = stream.cursorFields;
  return { mode: "incremental", ...(cursorField === undefined ? {} : { cursorField }) };
}

async function resume(
  { open, whole: { rows: wanted } }: StreamTrial,
  mode: Partial<ReadRequest>,
  rereads: readonly ReadRequest["rereads"][],
): Promise<void> {
  for (const kind of rereads) {
    await open(async (source, request) => {
      const base = { ...mode, rereads: kind, batch: smallBatches };
      const whole = await readAll(source, request(base));
      const norm = kind === "forbidden" ? (rows: StreamRead["rows"]) => rows : distinct;
      expectSameRows(norm(whole.rows), norm(wanted), "a read from the beginning");
      for (const { state, rows } of some(whole.checkpoints)) {
        const rest = await readAll(source, request({ ...base, state: copied(state) }));
        const both = [...whole.rows.slice(0, rows), ...rest.rows];
        expectSameRows(norm(both), norm(wanted), `resumed after ${rows} rows from ${shown(state)}, rereads ${kind}`);
      }
    });
  }
}

function some<T>(items: readonly T[]): T[] {
  if (items.length <= resumedFrom) return [...items];
  return Array.from(
    { length: resumedFrom },
    (_, i) => items[Math.round((i * (items.length - 1)) / (resumedFrom - 1))]!,
  );
}

function copied(state: Json): Json {
  return JSON.parse(JSON.stringify(state)) as Json;
}

/** The first part of a value that does not come back from JSON as it was, in words. */
function changedByJson(value: unknown, path = "state"): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  const isPlain =
    typeof value === "object" && [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value));
  if (!isPlain) return `${path} is ${value instanceof Date ? "a Date" : `${typeof value} ${String(value)}`}`;
  return Object.entries(value as object)
    .map(([name, member]) => changedByJson(member, `${path}.${name}`))
    .find((found) => found !== undefined);
}

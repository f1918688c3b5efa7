import { ConfigError } from "../../sdk/errors.js";
import type { CheckpointMessage, Message } from "../../sdk/messages.js";
import { countTies } from "./boundary-ties.js";
import { type Cursor, findCursor, greatestInTable, laterBound } from "./cursor.js";
import { type IncrementalRead, incrementalRead } from "./incremental-read.js";
import { newRows } from "./new-rows.js";
import { identity, readFirst, resumableState } from "./read-first.js";
import type { ReadSession } from "./read-session.js";
import { checkpoint, parseState, type ReadState } from "./read-state.js";
import { seenTransactions, snapshotUsable } from "./row-versions.js";

/**
 * Reads what is new since the state, or everything at first. For tables the rows' transactions say what is new
 * (`row-versions.ts`), for views, queries and foreign tables the cursor does (`boundary-ties.ts`). Returns the checkpoint of
 * the whole.
 */
export async function* readIncremental(session: ReadSession): AsyncGenerator<Message, CheckpointMessage> {
  const { relation, request } = session;
  const cursor = findCursor(session);
  const parsed = parseState(request.state, relation.stream);
  const saved = parsed === undefined ? undefined : sameCursor(session, cursor, parsed);
  const begun = resumableState(session, saved);
  const since = begun ?? (saved !== undefined && goesOn(session, saved) ? saved : undefined);
  const greatest = begun?.loading.greatest;
  const read = incrementalRead(session, cursor, greatest === undefined ? undefined : BigInt(greatest));

  if (since === undefined || begun !== undefined) yield* readFirst(read, begun);
  if (since !== undefined) {
    for await (const event of read.rows(await newRows(session, cursor, since))) if ("type" in event) yield event;
  }
  warnOfNulls(read);
  return await finalState(read, since);
}

/** Whether a read can go on after a state, rather than begin again. */
function goesOn(session: ReadSession, state: ReadState): boolean {
  if (state.loading !== undefined) return false;
  return !session.relation.versioned || state.snapshot === undefined || snapshotUsable(session, state);
}

function sameCursor({ relation }: ReadSession, cursor: Cursor, state: ReadState): ReadState {
  const { name } = cursor.column;
  if (state.cursor_field === undefined || state.cursor_field === name) return state;
  if (relation.versioned && state.snapshot !== undefined) return { ...state, bound: null };
  throw new ConfigError(
    "state.cursor_changed",
    `${relation.stream}: the state is of the cursor ${state.cursor_field}, not of ${name}`,
    { hint: "reset the state of this stream, or go back to the old cursor", stream: relation.stream, column: name },
  );
}

async function finalState(
  { session, cursor, tracker }: IncrementalRead,
  since: ReadState | undefined,
): Promise<CheckpointMessage> {
  const { client, relation, request, snapshot } = session;
  const bound = tracker.tracks
    ? await laterBound(client, cursor, since?.bound ?? null, tracker.greatest)
    : await greatestInTable(session, cursor);
  const once = request.rereads === "forbidden";
  return checkpoint({
    version: 1,
    ...identity(session),
    ...(relation.versioned ? { snapshot: snapshot.text, quiet: snapshot.quiet } : {}),
    ...(relation.versioned && once ? { seen: await seenTransactions(session) } : {}),
    cursor_field: cursor.column.name,
    bound,
    ...(!relation.versioned && once ? { ties: await countTies(session, cursor, bound) } : {}),
  });
}

function warnOfNulls({ session, cursor, tracker }: IncrementalRead): void {
  if (tracker.nulls === 0) return;
  const { relation, log } = session;
  const { name } = cursor.column;
  log("warn", `${relation.stream}: ${tracker.nulls} rows have no ${name}, which is the cursor`, {
    stream: relation.stream,
    column: name,
    rows: tracker.nulls,
    hint: relation.versioned
      ? `they were read; fill ${name} so that their changes can be found by an index`
      : `they are read again each time; fill ${name}, or exclude them with a filter`,
  });
}

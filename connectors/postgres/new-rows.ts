import { ConfigError } from "../../sdk/errors.js";
import { untiedSelections } from "./boundary-ties.js";
import { planChunks } from "./chunks.js";
import { boundSql, type Cursor, cursorIsIndexed } from "./cursor.js";
import type { ReadSession, Selection } from "./read-session.js";
import type { ReadState } from "./read-state.js";
import { notSeen, refuseRewrittenTable } from "./row-versions.js";

/** Selections that together are the rows which are new since a finished read. */
export async function newRows(session: ReadSession, cursor: Cursor, state: ReadState): Promise<Selection[]> {
  const { relation, request } = session;
  const { snapshot } = state;
  if (relation.versioned && snapshot !== undefined) return await newVersions(session, cursor, { ...state, snapshot });
  if (request.rereads === "merged" || relation.versioned) return newByCursor(session, cursor, state);
  if (request.lookback !== undefined && request.lookback > 0) {
    throw new ConfigError("postgres.lookback_unfit", `${relation.stream}: a lookback would give rows twice`, {
      hint: "use write: merge, or leave lookback out",
      stream: relation.stream,
    });
  }
  return untiedSelections(session, cursor, state);
}

/** The cursor alone decides: ties come again, and so do rows without a cursor. */
function newByCursor({ relation, request }: ReadSession, cursor: Cursor, { bound }: ReadState): Selection[] {
  const { from, stream } = relation;
  if (bound === null) return [{ from, conditions: [] }];
  const beyond = `${cursor.sql} >= ${boundSql(cursor, bound, request.lookback, stream)}`;
  return [{ from, conditions: [`${beyond} or ${cursor.sql} is null`] }];
}

/**
 * Rows of transactions that the saved snapshot did not see. Without an index on the cursor that is one scan. With one, the
 * index finds what lies near the bound or beyond it, and the whole table is looked through for rows that were committed
 * late only if a transaction was open at the last read.
 */
async function newVersions(
  session: ReadSession,
  cursor: Cursor,
  state: ReadState & { readonly snapshot: string },
): Promise<Selection[]> {
  const { relation, request, snapshot } = session;
  const { stream, from } = relation;
  const once = request.rereads === "forbidden";
  if (once) await refuseRewrittenTable(session, state);
  const unseen = notSeen(state, once);
  const { parallelism } = request;
  const { chunks } = planChunks(relation, { parallelism, resumable: false, serverVersion: snapshot.serverVersion });
  if (state.bound === null) return chunks.map((chunk) => ({ from: chunk.from, conditions: [chunk.range, unseen] }));

  const again = `${cursor.sql} >= ${boundSql(cursor, state.bound, request.lookback, stream)}`;
  const wanted = once ? unseen : (origin: number) => `${again} or ${unseen(origin)}`;
  if (!(await cursorIsIndexed(session, cursor))) {
    return chunks.map((chunk) => ({ from: chunk.from, conditions: [chunk.range, wanted] }));
  }
  const near = boundSql(cursor, state.bound, Math.max(request.lookback ?? 0, cursor.slack), stream);
  const ahead = { from, conditions: [`${cursor.sql} >= ${near}`, wanted] };
  if (!state.quiet) {
    const behind = `${cursor.sql} < ${near} or ${cursor.sql} is null`;
    return [ahead, ...chunks.map((chunk) => ({ from: chunk.from, conditions: [chunk.range, behind, unseen] }))];
  }
  return cursor.column.nullable ? [ahead, { from, conditions: [`${cursor.sql} is null`, unseen] }] : [ahead];
}

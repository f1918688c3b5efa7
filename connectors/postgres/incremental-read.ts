import type { Batch } from "../../sdk/batch/batch.js";
import type { BatchMessage } from "../../sdk/messages.js";
import type { CatalogColumn } from "../../sdk/sql/postgres/table-columns.js";
import type { Cursor } from "./cursor.js";
import { type CursorTracker, trackCursor } from "./cursor-tracker.js";
import type { ReadSession, Selection } from "./read-session.js";

/** An incremental read under way. */
export interface IncrementalRead {
  readonly session: ReadSession;
  readonly cursor: Cursor;
  readonly tracker: CursorTracker;
  /** Reads selections, noting the cursor's values; gives batches and the indexes of the selections that are through. */
  rows(selections: readonly Selection[]): AsyncGenerator<BatchMessage | { readonly finished: number }, void>;
}

/** @param greatest the cursor's greatest value in an earlier part of the same read */
export function incrementalRead(session: ReadSession, cursor: Cursor, greatest: bigint | undefined): IncrementalRead {
  const tracker = trackCursor(cursor, greatest);
  const wanted = session.columns.findIndex(({ name }) => name === cursor.column.name);
  const columns: readonly CatalogColumn[] = wanted < 0 ? [...session.columns, cursor.column] : session.columns;
  const index = wanted < 0 ? columns.length - 1 : wanted;
  return {
    session,
    cursor,
    tracker,
    async *rows(selections) {
      for await (const event of session.copy(selections, columns)) {
        if ("finished" in event) {
          yield event;
          continue;
        }
        tracker.note(event.output, index);
        yield { type: "batch", batch: wanted < 0 ? withoutLast(event.output) : event.output };
      }
    },
  };
}

function withoutLast({ rows, columns, vectors }: Batch): Batch {
  return { rows, columns: columns.slice(0, -1), vectors: vectors.slice(0, -1) };
}

import { type Checkpoint, checkpoint, checkpointState, type JsonObject, openBoundary } from "../../sdk/index.js";
import type { StreamConfig } from "./stream-config.js";

interface OnceEach {
  readonly stream: StreamConfig;
  /** The list's state, as this function left it in a checkpoint. */
  readonly state: JsonObject | undefined;
  /** Rows must not come again. */
  readonly forbidden: boolean;
  complete(row: JsonObject): JsonObject;
}

/**
 * The rows of one of many lists, completed, without those that an earlier read of this list gave: the SDK knows only
 * the rows at the last checkpoint of the whole stream.
 */
export async function* onceEach(
  list: AsyncIterable<readonly JsonObject[] | Checkpoint>,
  { stream, state, forbidden, complete }: OnceEach,
): AsyncGenerator<readonly JsonObject[] | Checkpoint> {
  const { cursor } = stream;
  const boundary = cursor === undefined ? undefined : openBoundary(cursor.field, state?.boundary);
  for await (const item of list) {
    const position = checkpointState(item);
    if (position !== undefined) yield checkpoint({ ...position, boundary: boundary?.state() });
    else {
      const rows = (item as readonly JsonObject[]).map(complete);
      yield boundary === undefined ? rows : rows.filter((row) => !(boundary.isKnown(row) && forbidden));
    }
  }
}

import { type Checkpoint, checkpoint, checkpointState, type JsonObject, openBoundary } from "../../sdk/index.js";
import type { StreamConfig } from "./stream-config.js";

interface OnceEach {
  readonly stream: StreamConfig;
  /** The list's state, as this function left it in a checkpoint. */
  readonly state: JsonObject | undefined;
  /** Rows must not come again. */
  readonly forbidden: boolean;
  /** What is taken over from the parent into each row. */
  readonly include: JsonObject;
}

/**
 * The rows of one of many lists, completed, without those that an earlier read of this list gave: the SDK knows only
 * the rows at the last checkpoint of the whole stream.
 */
export async function* onceEach(
  list: AsyncIterable<readonly JsonObject[] | Checkpoint>,
  { stream, state, forbidden, include }: OnceEach,
): AsyncGenerator<readonly JsonObject[] | Checkpoint> {
  const { cursor } = stream;
  const boundary = cursor === undefined ? undefined : openBoundary(cursor.field, state?.boundary);
  const takesOver = Object.keys(include).length > 0;
  for await (const item of list) {
    const position = checkpointState(item);
    if (position !== undefined) yield checkpoint({ ...position, boundary: boundary?.state() });
    else {
      const page = item as readonly JsonObject[];
      const rows = takesOver ? page.map((row) => ({ ...include, ...row })) : page;
      yield boundary === undefined ? rows : rows.filter((row) => !(boundary.isKnown(row) && forbidden));
    }
  }
}

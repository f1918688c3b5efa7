import { DataError, type SluiceError, TransientError } from "../../sdk/errors.js";
import { destinationError, isConnectionLost } from "./destination-error.js";
import { isLockTimeout, lockedBy } from "./lock.js";
import { type Fence, fenced, holdFence } from "./state.js";
import type { StrategyContext } from "./strategy.js";

/**
 * The error of a writer's step as its caller should see it: with the stream, and with what the server can still tell
 * about it. A connection that a newer writer has closed is a fence.
 */
export async function explain(error: unknown, context: StrategyContext, fence: Fence): Promise<SluiceError> {
  const { session, target } = context;
  const mapped = destinationError(error, session.server);
  if (isConnectionLost(mapped)) {
    try {
      await session.reconnect();
      await holdFence(session, fence, false);
    } catch (cause) {
      if (cause instanceof TransientError && cause.code === "destination.fenced") return fenced(fence.key);
    }
    return mapped;
  }
  if (isLockTimeout(mapped)) {
    await session.run("rollback");
    return lockedBy(context, mapped);
  }
  if (!(mapped instanceof DataError) || mapped.stream !== undefined) return mapped;
  const { message, column, row, hint } = mapped;
  const nullKey = mapped.code === "value.null" && column !== undefined && target.primaryKey.includes(column);
  const advice = nullKey
    ? "a row without its key cannot be merged: correct it at the source or choose another primary_key"
    : hint;
  return new DataError(nullKey ? "key.null" : mapped.code, `${target.stream}: ${message}`, {
    cause: mapped.cause,
    stream: target.stream,
    ...(column === undefined ? {} : { column }),
    ...(row === undefined ? {} : { row }),
    ...(advice === undefined ? {} : { hint: advice }),
  });
}

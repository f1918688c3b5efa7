import type { StreamTask } from "../sync/stream-work.js";
import { syncStream } from "../sync/sync-stream.js";
import { deleteGoneRows } from "./delete-gone-rows.js";

/** A sync, and what is gone from the source after it. */
export async function syncAndDelete(task: StreamTask): Promise<void> {
  await syncStream(task);
  await deleteGoneRows(task);
}

import type { Ends } from "./opened-ends.js";
import type { StreamJob } from "./sync-stream.js";

/** A stream of a connection that is open. */
export type StreamTask = StreamJob & Ends;

/** What a run does with a stream: a sync, or something beside it. */
export type StreamWork = (task: StreamTask) => Promise<void>;

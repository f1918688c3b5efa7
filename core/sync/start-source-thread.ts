import { Worker } from "node:worker_threads";

/** Young objects of the thread: with V8's own limit, dead rows take 50 MB more before they are looked for, at the same speed. */
const youngMegabytes = 16;

/** A thread that waits to be told which source to open. Its start takes a while, which may pass beside other work. */
export function startSourceThread(): Worker {
  return new Worker(new URL("./source-worker.js", import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
}

import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { ToSourceThread } from "./thread-protocol.js";

/** Young objects of the thread: with V8's own limit, dead rows take 50 MB more before they are looked for, at the same speed. */
const youngMegabytes = 16;

/**
 * Nobody is to reach it: what a source may hold is its share of `--max-memory`. But with a limit below 2 GiB V8 looks for dead
 * objects when there are twice as many as live ones, above it at four times, and every small request leaves some.
 */
const oldMegabytes = 2040;

/**
 * Up to here, buffers counted in, V8 looks for none at all. Without it a source that reads large answers was gone through
 * every few of them; and each time the compiled code of functions went that were not running just then.
 */
const restingMegabytes = 48;

export interface SourceThreadStart {
  /**
   * Whether the thread looks for dead objects only beyond `restingMegabytes`: a tenth less processor time for answers over HTTP,
   * and 0.04 s more for the start, as V8 then takes none of the code that Node brings compiled.
   */
  readonly rests: boolean;
  /** A source whose code is loaded before it is opened: its registry's module, and its name there. */
  readonly likely?: { readonly registry: URL; readonly connector: string } | undefined;
}

/** A thread that waits to be told which source to open. Its start takes a while, which may pass beside other work. */
export function startSourceThread({ rests, likely }: SourceThreadStart): Worker {
  // Only a flag of the process says so; threads read it at their start.
  if (rests) setFlagsFromString(`--initial-old-space-size=${restingMegabytes}`);
  const worker = new Worker(new URL("./source-worker.js", import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes, maxOldGenerationSizeMb: oldMegabytes },
  });
  if (likely !== undefined) {
    const { registry, connector } = likely;
    worker.postMessage({ type: "load", registry: registry.href, connector } satisfies ToSourceThread);
  }
  if (rests) worker.once("online", () => setFlagsFromString("--initial-old-space-size=0"));
  return worker;
}

import type { Worker } from "node:worker_threads";
import type { ConnectorContext } from "../../sdk/context.js";
import type { Digests } from "../../sdk/digest.js";
import { errorFromRecord, SystemError } from "../../sdk/errors.js";
import type { JsonObject } from "../../sdk/json.js";
import type { Message } from "../../sdk/messages.js";
import type { OpenSource, ReadRequest, SourceDigestRequest } from "../../sdk/source.js";
import { startSourceThread } from "./start-source-thread.js";
import { type FromSourceThread, memoryOf, rowsOf, type SourceCalls, type ToSourceThread } from "./thread-protocol.js";

export interface SourceThreadOptions {
  /** URL of a module that exports `sources`: names to lazy imports. */
  readonly registry: URL;
  readonly connector: string;
  readonly config: JsonObject;
  readonly context: ConnectorContext;
  /** Bytes of batches that may be under way, per read. */
  readonly windowBytes: number;
  /** A thread that was started for it; a new one where absent, fit for any source. */
  readonly thread?: Worker | undefined;
}

/** What the engine does with what comes for one call or read. */
interface Listener {
  receive(message: Exclude<FromSourceThread, { type: "log" }>): void;
  fail(error: Error): void;
}

/**
 * Opens a source in a thread of its own, where it reads and decodes while the engine writes. It is an `OpenSource` like
 * any other: batches change hands with their buffers, and no more than `windowBytes` of them are under way.
 */
export async function openSourceInThread(options: SourceThreadOptions): Promise<OpenSource> {
  const { context } = options;
  const listeners = new Map<number, Listener>();
  let ended: Error | undefined;
  let lastId = 0;

  const worker = options.thread ?? startSourceThread({ rests: true });
  worker.on("message", (message: FromSourceThread) => {
    if (message.type === "log") context.log(message.level, message.message, message.fields);
    else listeners.get(message.id)?.receive(message);
  });
  worker.on("error", (cause) =>
    end(new SystemError("source.crashed", `the source's thread failed: ${cause.message}`, { cause })),
  );
  worker.on("exit", () => end(new SystemError("source.ended", "the source's thread ended before it was closed")));
  const onAbort = () => post({ type: "abort" });
  context.signal.addEventListener("abort", onAbort, { once: true });

  function end(error: Error): void {
    ended ??= error;
    for (const listener of listeners.values()) listener.fail(ended);
    listeners.clear();
  }

  function post(message: ToSourceThread, transfer: readonly ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer);
  }

  function listen(listener: Listener): number {
    if (ended !== undefined) throw ended;
    lastId += 1;
    listeners.set(lastId, listener);
    return lastId;
  }

  function call<Method extends keyof SourceCalls>(
    method: Method,
    ...args: Parameters<SourceCalls[Method]>
  ): Promise<ReturnType<SourceCalls[Method]>> {
    return new Promise((resolve, reject) => {
      const id = listen({
        receive(message) {
          listeners.delete(message.id);
          if (message.type === "failed") reject(errorFromRecord(message.error));
          else if (message.type === "result") resolve(message.value as ReturnType<SourceCalls[Method]>);
        },
        fail: reject,
      });
      post({ type: "call", id, method, args } as ToSourceThread);
    });
  }

  async function* read({ signal, spareMemory: _, ...request }: ReadRequest): AsyncIterable<Message> {
    const received: Exclude<FromSourceThread, { type: "log" }>[] = [];
    let failure: Error | undefined;
    let wake = () => {};
    let rows = 0;
    const id = listen({
      receive(message) {
        received.push(message);
        wake();
      },
      fail(error) {
        failure = error;
        wake();
      },
    });
    const stop = () => {
      failure ??= signal.reason as Error;
      wake();
    };
    const giveBack = (memory: readonly ArrayBuffer[]) => {
      if (listeners.has(id)) post({ type: "spare", id, memory }, memory);
    };
    signal.addEventListener("abort", stop, { once: true });
    post({ type: "read", id, request });
    try {
      for (;;) {
        if (signal.aborted) throw signal.reason;
        const next = received.shift();
        if (next === undefined) {
          if (failure !== undefined) throw failure;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (next.type === "message") {
          const { message, bytes, returns } = next;
          rows += rowsOf(message);
          yield returns && message.type === "batch" ? { ...message, batch: { ...message.batch, giveBack } } : message;
          if (bytes > 0) post({ type: "consumed", id, bytes });
          if (returns && message.type === "encoded") giveBack(memoryOf(message));
        } else if (next.type === "failed") {
          throw errorFromRecord(next.error);
        } else if (next.type === "end") {
          if (next.rows === rows) return;
          throw new SystemError("ledger.source_mismatch", `the source gave ${next.rows} rows, ${rows} of them arrived`);
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
      listeners.delete(id);
      post({ type: "stop", id });
    }
  }

  const digests: Digests<SourceDigestRequest> = {
    buckets: (request) => call("bucketDigests", request),
    rows: (request) => call("rowDigests", request),
  };
  const source: OpenSource = {
    check: () => call("check"),
    discover: (request = {}) => call("discover", request),
    read,
    acknowledge: (stream, state) => call("acknowledge", stream, state),
    async close() {
      context.signal.removeEventListener("abort", onAbort);
      if (ended !== undefined) return;
      await call("close").finally(() => worker.terminate());
      ended = new SystemError("source.closed", "the source is closed");
    },
  };
  post({
    type: "open",
    data: {
      registry: options.registry.href,
      connector: options.connector,
      config: options.config,
      projectDir: context.projectDir,
      workDir: context.workDir,
      memoryBytes: context.memoryBytes,
      windowBytes: options.windowBytes,
    },
  });
  try {
    const offers = await call("opened");
    return offers.digests ? { ...source, digests } : source;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

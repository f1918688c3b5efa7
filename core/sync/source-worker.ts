import { parentPort } from "node:worker_threads";
import { batchBytes } from "../../sdk/batch/batch.js";
import { errorRecord } from "../../sdk/errors.js";
import type { Message } from "../../sdk/messages.js";
import type { OpenSource, Source } from "../../sdk/source.js";
import { findSource, type Registry } from "../registry/find-connector.js";
import { type MemoryPool, memoryPool } from "./memory-pool.js";
import { parseConfig } from "./parse-config.js";
import type {
  FromSourceThread,
  SourceCall,
  SourceThreadData,
  ToSourceThread,
  WireReadRequest,
} from "./thread-protocol.js";
import { memoryOf, rowsOf } from "./thread-protocol.js";

const port = parentPort!;
const cancelled = new AbortController();
const reads = new Map<number, Read>();
let opened: Promise<OpenSource> = new Promise(() => undefined);
let windowBytes = 0;

port.on("message", (message: ToSourceThread) => {
  switch (message.type) {
    case "load":
      // A failure is met again, and told, when the source is opened.
      return void load(message).catch(() => undefined);
    case "open":
      ({ windowBytes } = message.data);
      opened = open(message.data);
      // A failure to open is told to whoever calls next; it must not end the thread before.
      return void opened.catch(() => undefined);
    case "call":
      return void answer(message.id, message);
    case "read":
      return void read(message.id, message.request);
    case "consumed":
      return reads.get(message.id)?.consumed(message.bytes);
    case "spare":
      return reads.get(message.id)?.spare.give(message.memory);
    case "stop":
      return reads.get(message.id)?.stop();
    case "abort":
      return cancelled.abort();
  }
});

async function load({ registry, connector }: Pick<SourceThreadData, "registry" | "connector">): Promise<void> {
  const { sources } = (await import(registry)) as { sources: Registry<Source> };
  if (Object.hasOwn(sources, connector)) await sources[connector]?.();
}

async function open(data: SourceThreadData): Promise<OpenSource> {
  const { sources } = (await import(data.registry)) as { sources: Registry<Source> };
  const source = await findSource(sources, data);
  return source.open(parseConfig(source, data.config), {
    projectDir: data.projectDir,
    workDir: data.workDir,
    memoryBytes: data.memoryBytes,
    signal: cancelled.signal,
    log: (level, message, fields = {}) =>
      post({ type: "log", level, message, fields: JSON.parse(JSON.stringify(fields)) }),
  });
}

async function answer(id: number, call: SourceCall): Promise<void> {
  try {
    post({ type: "result", id, value: await perform(await opened, call) });
  } catch (error) {
    post({ type: "failed", id, error: errorRecord(error) });
  }
  if (call.method === "close") port.close();
}

async function perform(source: OpenSource, call: SourceCall): Promise<unknown> {
  switch (call.method) {
    case "opened":
      return { digests: source.digests !== undefined };
    case "check":
      return source.check();
    case "discover":
      return source.discover(...call.args);
    case "acknowledge":
      return source.acknowledge?.(...call.args);
    case "bucketDigests":
      return source.digests?.buckets(...call.args);
    case "rowDigests":
      return source.digests?.rows(...call.args);
    case "close":
      return source.close();
  }
}

/** One read under way: how much of it the engine still holds, and whether it is still wanted. */
interface Read {
  readonly signal: AbortSignal;
  /** Resolves when `bytes` more may be sent. */
  room(bytes: number): Promise<void>;
  consumed(bytes: number): void;
  readonly spare: MemoryPool;
  stop(): void;
}

function newRead(): Read {
  const stopped = new AbortController();
  let underWay = 0;
  let wake = () => {};
  return {
    signal: AbortSignal.any([stopped.signal, cancelled.signal]),
    async room(bytes) {
      while (underWay > 0 && underWay + bytes > windowBytes && !stopped.signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      underWay += bytes;
    },
    consumed(bytes) {
      underWay -= bytes;
      wake();
    },
    spare: memoryPool(windowBytes),
    stop() {
      stopped.abort();
      wake();
    },
  };
}

async function read(id: number, request: WireReadRequest): Promise<void> {
  const state = newRead();
  const { signal, spare } = state;
  reads.set(id, state);
  let rows = 0;
  try {
    const source = await opened;
    for await (const message of source.read({ ...request, signal, spareMemory: spare.take })) {
      const bytes = bytesOf(message);
      await state.room(bytes);
      if (signal.aborted) break;
      rows += rowsOf(message);
      post({ type: "message", id, message, bytes, returns: spare.isUsed }, memoryOf(message));
    }
    post({ type: "end", id, rows });
  } catch (error) {
    post({ type: "failed", id, error: errorRecord(error) });
  } finally {
    reads.delete(id);
  }
}

function bytesOf(message: Message): number {
  if (message.type === "encoded") return message.rows.data.byteLength;
  return message.type === "batch" ? batchBytes(message.batch) : 0;
}

function post(message: FromSourceThread, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { errorFromRecord, SystemError } from "../../errors.js";
import type { DatabaseOptions } from "./database.js";
import type { Answers, FromEngine, Request, ToEngine } from "./engine-protocol.js";
import type { LoadChannel } from "./load.js";

/** The line to an engine's thread. */
export interface EngineLink {
  /** Settles when the database is open. */
  readonly opened: Promise<void>;
  /** Settles when the thread has ended. */
  readonly ended: Promise<void>;
  /** A number no other request or load has. */
  nextId(): number;
  /** Says something that has no answer. */
  post(message: ToEngine, transfer?: ArrayBuffer[]): void;
  ask<R extends Request>(request: R, transfer?: ArrayBuffer[]): Promise<Answers[R["type"]]>;
  /** The loads under way, which hear how they get on. */
  readonly loads: Map<number, LoadChannel>;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Starts an engine's thread. When it dies, everything that waits for it fails with `duckdb.engine_ended`. */
export function engineLink(options: DatabaseOptions): EngineLink {
  const { port1: port, port2 } = new MessageChannel();
  const wake = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./engine-worker.js", import.meta.url), {
    workerData: { options, port: port2, wake: wake.buffer },
    transferList: [port2],
  });
  const waiters = new Map<number, Waiter>();
  const loads = new Map<number, LoadChannel>();
  const opened = new Promise<void>((resolve, reject) => {
    waiters.set(openingId, { resolve: () => resolve(), reject });
  });
  let lastId = openingId;
  let death: SystemError | undefined;

  function post(message: ToEngine, transfer: ArrayBuffer[] = []): void {
    if (death !== undefined) throw death;
    port.postMessage(message, transfer);
    Atomics.add(wake, 0, 1);
    Atomics.notify(wake, 0);
  }

  function waiter(id: number): Waiter | undefined {
    const found = waiters.get(id);
    waiters.delete(id);
    return found;
  }

  function receive(message: FromEngine): void {
    if (message.type === "opened") waiter(openingId)?.resolve(undefined);
    else if (message.type === "open_failed") waiter(openingId)?.reject(errorFromRecord(message.error));
    else if (message.type === "answer") waiter(message.id)?.resolve(message.value);
    else if (message.type === "failed") waiter(message.id)?.reject(errorFromRecord(message.error));
    else if (message.type === "taken") loads.get(message.load)?.taken(message.memory);
    else loads.get(message.load)?.fail(errorFromRecord(message.error));
  }

  function die(cause: unknown): void {
    death ??= new SystemError("duckdb.engine_ended", "DuckDB's thread has ended", { cause });
    for (const { reject } of waiters.values()) reject(death);
    waiters.clear();
    for (const load of loads.values()) load.fail(death);
  }

  port.on("message", receive);
  worker.on("error", die);
  const ended = new Promise<void>((resolve) => {
    worker.on("exit", (code) => {
      // The last answers may still be on their way: the end of a thread overtakes its messages.
      for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
        receive(last.message);
      }
      die(new Error(`the thread ended with exit code ${code}`));
      port.close();
      resolve();
    });
  });

  return {
    opened,
    ended,
    loads,
    post,
    nextId: () => ++lastId,
    ask: <R extends Request>(request: R, transfer: ArrayBuffer[] = []) =>
      new Promise<Answers[R["type"]]>((resolve, reject) => {
        const id = ++lastId;
        post({ ...request, id }, transfer);
        waiters.set(id, { resolve: (value) => resolve(value as Answers[R["type"]]), reject });
      }),
  };
}

const openingId = 0;

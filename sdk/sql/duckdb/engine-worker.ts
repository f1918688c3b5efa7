import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { vectorBuffers } from "../../batch/vector.js";
import { errorRecord } from "../../errors.js";
import { closeDatabase, connect, type Database, openDatabase } from "./database.js";
import { engineLoads } from "./engine-loads.js";
import type { Answers, Applied, EngineStart, FromEngine, Request, ToEngine } from "./engine-protocol.js";
import { engineSessions } from "./engine-sessions.js";
import { engineTransforms } from "./engine-transforms.js";
import { registerTextFunction, type TextFunctionFactory } from "./text-function.js";

const { options, port, wake } = workerData as EngineStart;
const signal = new Int32Array(wake);

function send(message: FromEngine, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

const database = await open();
if (database !== undefined) serve(database);

async function open(): Promise<Database | undefined> {
  try {
    const opened = await openDatabase(options);
    send({ type: "opened" });
    return opened;
  } catch (error) {
    send({ type: "open_failed", error: errorRecord(error) });
    port.close();
    return undefined;
  }
}

function serve(opened: Database): void {
  const sessions = engineSessions({ connect: () => connect(opened), tempDir: options.tempDir });
  const loads = engineLoads({ sessions, send, waitForMessage });
  const transforms = engineTransforms(sessions);

  port.on("message", (message: ToEngine) => handle(message));

  function handle(message: ToEngine): void {
    if (message.type === "load") loads.begin(message);
    else if (message.type === "batch") loads.add(message.load, message.batch);
    else if (message.type === "interrupt") sessions.interrupt(message.connection);
    else void answer(message);
  }

  async function answer(request: Request & { readonly id: number }): Promise<void> {
    try {
      const value = await respond(request);
      const transfer = request.type === "apply_transform" ? buffersOf(value as Applied) : [];
      send({ type: "answer", id: request.id, value }, transfer);
    } catch (error) {
      send({ type: "failed", id: request.id, error: errorRecord(error) });
    }
    if (request.type === "close") port.close();
  }

  async function respond(request: Request): Promise<Answers[keyof Answers]> {
    switch (request.type) {
      case "connect":
        return await sessions.open(loads.register);
      case "disconnect":
        return await sessions.close(request.connection);
      case "run":
        return await sessions.run(request.connection, request.sql, request.parameters);
      case "query":
        return await sessions.query(request.connection, request.sql, request.parameters);
      case "scan":
        return await sessions.scan(request.connection, request.sql);
      case "define_text":
        return await defineText(request);
      case "prepare_transform":
        return await transforms.prepare(request);
      case "apply_transform":
        return { made: await transforms.apply(request.transform, request.batch), carried: request.carried };
      case "drop_transform":
        return await transforms.drop(request.transform);
      case "end_load":
        return { rows: await loads.end(request.load) };
      case "abort_load":
        return await loads.abort(request.load);
      case "close":
        loads.abortAll();
        await sessions.closeAll();
        closeDatabase(opened);
        return undefined;
    }
  }

  async function defineText({ connection, name, module, options: given }: Request & { type: "define_text" }) {
    const { default: factory } = (await import(module)) as { default: TextFunctionFactory };
    await sessions.use(connection, async (known) => registerTextFunction(known, name, factory(given)));
    return undefined;
  }

  /**
   * Blocks until a message has come and was handled, or the time is over. Used by `batch()`, which DuckDB calls
   * synchronously: nothing else happens in this thread meanwhile.
   */
  function waitForMessage(milliseconds: number): void {
    const seen = Atomics.load(signal, 0);
    if (drain() || milliseconds === 0) return;
    Atomics.wait(signal, 0, seen, milliseconds);
    drain();
  }

  function drain(): boolean {
    let any = false;
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received === undefined) return any;
      any = true;
      handle(received.message as ToEngine);
    }
  }
}

function buffersOf({ made, carried }: Applied): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const vector of [...made, ...carried]) vectorBuffers(vector, buffers);
  return [...buffers];
}

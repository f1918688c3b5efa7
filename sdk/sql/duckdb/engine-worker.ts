import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { errorRecord } from "../../errors.js";
import { closeDatabase, connect, type Database, openDatabase } from "./database.js";
import { engineLoads } from "./engine-loads.js";
import type { Answers, EngineStart, FromEngine, Request, ToEngine } from "./engine-protocol.js";
import { engineSessions } from "./engine-sessions.js";

const { options, port, wake } = workerData as EngineStart;
const signal = new Int32Array(wake);

function send(message: FromEngine, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

void open().then((database) => {
  if (database !== undefined) serve(database);
});

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
  const loads = engineLoads({ sessions, send, waitForMessage, limits: options });

  port.on("message", (message: ToEngine) => handle(message));

  function handle(message: ToEngine): void {
    if (message.type === "load") loads.begin(message);
    else if (message.type === "batch") loads.add(message.load, message.batch);
    else if (message.type === "interrupt") sessions.interrupt(message.connection);
    else void answer(message);
  }

  async function answer(request: Request & { readonly id: number }): Promise<void> {
    try {
      send({ type: "answer", id: request.id, value: await respond(request) });
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

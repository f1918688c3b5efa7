import { connect as connectSocket } from "node:net";
import type { PostgresClient } from "./connect.js";

/**
 * Asks the server to cancel what a connection is running, then closes the connection: a backend that sends nothing would
 * not notice otherwise. The request is the protocol's own and needs no login
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS); it may fail silently.
 */
export async function cancelStatement(client: PostgresClient): Promise<void> {
  const { processID, secretKey } = client as PostgresClient & { processID?: unknown; secretKey?: unknown };
  client.connection.stream.destroy();
  if (typeof processID !== "number" || typeof secretKey !== "number") return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const { host, port } = client;
  await new Promise<void>((resolve) => {
    const socket = host.startsWith("/") ? connectSocket(`${host}/.s.PGSQL.${port}`) : connectSocket(port, host);
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("connect", () => socket.end(request));
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
    socket.resume();
  });
}

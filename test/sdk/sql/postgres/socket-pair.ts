import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type ReceivingSocket, receivingSocket } from "../../../../sdk/sql/postgres/receiving-socket.js";

export interface SocketPair {
  readonly socket: ReceivingSocket;
  /** The server's end. */
  readonly peer: Socket;
  close(): void;
}

/** A connection within this machine. */
export async function socketPair(): Promise<SocketPair> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const socket = receivingSocket();
  socket.connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [peer] = await accepted;
  return {
    socket,
    peer,
    close() {
      socket.destroy();
      peer.destroy();
      server.close();
    },
  };
}

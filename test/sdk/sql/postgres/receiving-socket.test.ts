import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SocketPair, socketPair } from "./socket-pair.js";

let pair: SocketPair;

beforeAll(async () => {
  pair = await socketPair();
});
afterAll(() => pair.close());

test("bytes come as data events, go into the receiver's memory while it has one, and come as events again", async () => {
  const { socket, peer } = pair;
  const texts: string[] = [];
  socket.on("data", (chunk: Buffer) => texts.push(chunk.toString()));
  peer.write("before");
  await once(socket, "data");
  expect(texts).toEqual(["before"]);

  const memory = new Uint8Array(4);
  let received = "";
  let wake = () => {};
  socket.divert({
    room: () => memory,
    received(count, from) {
      received += Buffer.from(from.subarray(0, count)).toString();
      wake();
    },
  });
  peer.write("diverted into the receiver's memory");
  while (received.length < 35) {
    const length = received.length;
    const arrived = new Promise<void>((resolve) => {
      wake = resolve;
    });
    socket.resume();
    await arrived;
    // Nothing is read between one piece and the next `resume`.
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(received.length - length === 4 || length === 0 || received.length === 35).toBe(true);
  }
  expect(received).toBe("diverted into the receiver's memory");

  socket.divert(undefined);
  socket.resume();
  peer.write("after");
  while (texts.join("") !== "beforeafter") await once(socket, "data");
  peer.end();
  await once(socket, "end");
});

import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCopyWindow } from "../../../../sdk/sql/postgres/copy-window.js";
import { takeSocket } from "../../../../sdk/sql/postgres/take-socket.js";
import { type SocketPair, socketPair } from "./socket-pair.js";

let pair: SocketPair;

beforeEach(async () => {
  pair = await socketPair();
});
afterEach(() => {
  vi.useRealTimers();
  pair.close();
});

/** Resolves when it has reached the other end, which is on this machine. */
const send = (bytes: Buffer) => new Promise((resolve) => pair.peer.write(bytes, resolve));

/** A CopyData message. */
function message(text: string): Buffer {
  const head = Buffer.from("d\0\0\0\0");
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

test("after little has come, what comes in the next moment is read at once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const window = createCopyWindow();
  const taken = takeSocket(pair.socket, window);
  await send(message("first"));
  await taken.receive();
  expect(window.takeData()).toBeDefined();

  let arrived = false;
  const next = taken.receive().then(() => {
    arrived = true;
  });
  await send(message("second"));
  await send(message("third"));
  await delay(20);
  expect(arrived).toBe(false);
  vi.advanceTimersByTime(1);
  await next;
  const { bytes, start, end } = window.takeData()!;
  expect(Buffer.from(bytes.subarray(start, end))).toEqual(Buffer.concat([message("second"), message("third")]));
});

test("a connection that breaks meanwhile is an error", async () => {
  const window = createCopyWindow();
  const taken = takeSocket(pair.socket, window);
  await send(message("first"));
  await taken.receive();
  pair.peer.destroy();
  await expect(taken.receive()).rejects.toMatchObject({ code: "ECONNRESET" });
});

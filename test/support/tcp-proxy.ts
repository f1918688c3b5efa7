import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** `out`: what the client sends; `in`: what the server answers. */
export type Direction = "out" | "in";

/** Where a connection is to break: after so many bytes, or when these bytes were seen in one direction. */
export interface Trigger {
  readonly direction: Direction;
  readonly bytes?: number;
  readonly pattern?: string | Buffer;
  /** Whether the bytes that trip it still arrive. */
  readonly deliver: boolean;
}

export interface TcpProxy {
  readonly port: number;
  /** The target's URL by way of the proxy. */
  readonly url: string;
  /** Breaks every connection that is open, now. */
  cut(): void;
  /** Lets nothing pass any more, without closing, until `resume`. */
  stall(): void;
  resume(): void;
  /** Breaks the connection that trips it, once; resolves then. */
  cutWhen(trigger: Trigger): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy before a server, to break connections where a test wants them broken. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const url = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let stalled = false;
  let armed: (Trigger & { tripped: () => void }) | undefined;

  const server = createServer((client) => {
    const upstream = connect(Number(url.port), url.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    forward(client, upstream, "out", end);
    forward(upstream, client, "in", end);
    if (stalled) pause(pair);
  });

  function forward(from: Socket, to: Socket, direction: Direction, end: () => void): void {
    let seen = Buffer.alloc(0);
    let total = 0;
    from.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (armed?.direction === direction) {
        seen = Buffer.concat([seen.subarray(-256), chunk]);
        const { bytes, pattern, deliver, tripped } = armed;
        if ((bytes !== undefined && total >= bytes) || (pattern !== undefined && seen.includes(pattern))) {
          armed = undefined;
          tripped();
          if (deliver) to.write(chunk, () => setTimeout(end, 50));
          else end();
          return;
        }
      }
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => stalled || from.resume());
    from.on("end", () => to.end());
    from.on("close", end);
    from.on("error", end);
  }

  const pause = ([client, upstream]: readonly [Socket, Socket]) => {
    client.pause();
    upstream.pause();
  };
  const cut = () => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const own = new URL(target);
  own.hostname = "127.0.0.1";
  own.port = String(port);
  return {
    port,
    url: own.href,
    cut,
    stall() {
      stalled = true;
      pairs.forEach(pause);
    },
    resume() {
      stalled = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    cutWhen: (trigger) => new Promise((tripped) => (armed = { ...trigger, tripped })),
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

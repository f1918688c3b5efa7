import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { createHttp } from "../../../sdk/http/create-http.js";
import type { HttpOptions } from "../../../sdk/http/http.js";
import { rawText } from "../../../sdk/raw-json.js";
import { type Answer, type HttpServer, httpServer } from "../../support/http-server.js";

const quick = { firstMs: 5, mostMs: 20 };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function client(answer: Answer, options: Partial<HttpOptions> = {}) {
  const server: HttpServer = await httpServer(answer);
  const controller = new AbortController();
  const log: string[] = [];
  const http = createHttp(
    { baseUrl: server.url, retry: quick, ...options },
    { signal: controller.signal, memoryBytes: 2 ** 26, log: (_, message) => log.push(message) },
  );
  closing.push(
    () => http.close(),
    () => server.close(),
  );
  return { http, server, controller, log };
}

/** Fails the first times, then answers. */
function failingFirst(failures: number, fail: Answer, value: unknown): Answer {
  let count = 0;
  return (request, response) => (count++ < failures ? fail(request, response) : value);
}

describe("one request", () => {
  test("is put behind the base URL, with headers, query and a JSON body", async () => {
    const { http, server } = await client(() => ({ ok: true }), {
      headers: { "X-Version": "2" },
      query: { lang: "en" },
    });
    const answer = await http.post("items", { query: { tag: ["a", "b"], none: null }, json: { name: "ä" } });
    expect(answer).toEqual({ ok: true });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", path: "/items", body: '{"name":"ä"}' });
    expect(String(request!.query)).toBe("lang=en&tag=a&tag=b");
    expect(request!.headers).toMatchObject({ "x-version": "2", "content-type": "application/json" });
  });

  test("keeps every digit of a number, and unpacks gzip", async () => {
    const { http } = await client((_, response) => {
      const json = '{"id":12345678901234567890,"amount":0.10000000000000000001,"s":"12345678901234567890","n":1.5}';
      response.setHeader("content-encoding", "gzip").end(gzipSync(json));
    });
    const answer = await http.get<Record<string, unknown>>("x");
    expect(rawText(answer.id)).toBe("12345678901234567890");
    expect(rawText(answer.amount)).toBe("0.10000000000000000001");
    expect(answer.s).toBe("12345678901234567890");
    expect(answer.n).toBe(1.5);
  });

  test.each([
    [401, "config", "http.unauthorized"],
    [403, "config", "http.forbidden"],
    [404, "config", "http.not_found"],
    [400, "config", "http.rejected"],
  ])("answered %i is an error that says who must act", async (status, kind, code) => {
    const { http, server } = await client((_, response) => void response.writeHead(status).end("no such thing"));
    await expect(http.get("a/b")).rejects.toMatchObject({
      kind,
      code,
      message: expect.stringContaining("no such thing"),
    });
    expect(server.requests).toHaveLength(1);
  });

  test("may take another status for an answer", async () => {
    const { http } = await client((_, response) => void response.writeHead(404).end("{}"));
    expect((await http.request({ url: "x" }, { accept: [404] })).status).toBe(404);
  });
});

describe("a failure that time heals", () => {
  test.each<[string, Answer]>([
    ["503", (_, response) => void response.writeHead(503).end()],
    ["429 with Retry-After in seconds", (_, response) => void response.writeHead(429, { "retry-after": "0.02" }).end()],
    [
      "429 with Retry-After as a date",
      (_, response) => void response.writeHead(429, { "retry-after": new Date(Date.now() - 1).toUTCString() }).end(),
    ],
    [
      "403 with nothing left of the rate",
      (_, response) => void response.writeHead(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0" }).end(),
    ],
    ["a reset before the answer", (_, response) => void response.destroy()],
    [
      "a reset in the middle of the answer",
      (_, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"a":');
        setTimeout(() => response.destroy(), 5);
      },
    ],
    ["JSON that breaks off", () => '{"items":[{"id":1},{"id"'],
  ])("is tried again: %s", async (_, fail) => {
    const { http, server } = await client(failingFirst(2, fail, { fine: 1 }));
    expect(await http.get("x")).toEqual({ fine: 1 });
    expect(server.requests).toHaveLength(3);
  });

  test("is given up after some attempts, and stays transient", async () => {
    const { http, server } = await client((_, response) => void response.writeHead(500).end("oops"), {
      retry: { ...quick, attempts: 3 },
    });
    await expect(http.get("x")).rejects.toMatchObject({ kind: "transient", code: "http.server_error" });
    expect(server.requests).toHaveLength(3);
  });

  test("that lasts longer than our patience ends the run, naming the time to come back", async () => {
    const { http, server } = await client(
      (_, response) => void response.writeHead(429, { "retry-after": "3600" }).end(),
    );
    await expect(http.get("x")).rejects.toMatchObject({
      code: "http.rate_limited",
      hint: expect.stringMatching(/run again after 20\d\d-/),
    });
    expect(server.requests).toHaveLength(1);
  });

  test("stops waiting when the run is cancelled", async () => {
    const { http, controller } = await client(
      (_, response) => void response.writeHead(429, { "retry-after": "60" }).end(),
    );
    setTimeout(() => controller.abort(new Error("cancelled")), 20);
    await expect(http.get("x")).rejects.toThrow("cancelled");
  });

  test("holds back every stream of the host", async () => {
    const times: number[] = [];
    const { http } = await client(
      failingFirst(
        1,
        (_, response) => {
          times.push(performance.now());
          response.writeHead(429, { "retry-after": "0.2" }).end();
        },
        {},
      ),
      { rate: { concurrency: 1 } },
    );
    await Promise.all([http.get("a"), http.get("b").then(() => times.push(performance.now()))]);
    expect(times[1]! - times[0]!).toBeGreaterThan(150);
  });
});

describe("the rate", () => {
  test("spaces requests of all streams", async () => {
    const { http } = await client(() => ({}), { rate: { perSecond: 50 } });
    const start = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => http.get("x")));
    expect(performance.now() - start).toBeGreaterThan(95);
  });

  test("bounds what is under way at once", async () => {
    let [now, most] = [0, 0];
    let arrived = () => {};
    const two = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { http } = await client(
      async () => {
        most = Math.max(most, ++now);
        if (now === 2) arrived();
        await two;
        await new Promise((resolve) => setTimeout(resolve, 10));
        now--;
        return {};
      },
      { rate: { concurrency: 2 } },
    );
    await Promise.all(Array.from({ length: 8 }, () => http.get("x")));
    expect(most).toBe(2);
  });
});

describe("addresses", () => {
  test("of this machine are refused behind a redirect, by number or by name", async () => {
    const other = await httpServer(() => ({ secret: 1 }));
    closing.push(() => other.close());
    const { port } = new URL(other.url);
    for (const host of ["2130706433", "127.0.0.2", "[::1]", "[::ffff:7f00:1]", "0.0.0.0"]) {
      const { http } = await client(
        (_, response) => void response.writeHead(302, { location: `http://${host}:${port}/` }).end(),
      );
      const refused = http.get("x");
      if (host === "2130706433") await expect(refused).resolves.toBeDefined();
      else await expect(refused).rejects.toMatchObject({ kind: "config", code: "http.address_refused" });
    }
    const { http } = await client(
      (_, response) => void response.writeHead(302, { location: `http://localhost:${port}/` }).end(),
    );
    await expect(http.get("x")).rejects.toMatchObject({ code: "http.address_refused" });
    const allowed = await client(
      (_, response) => void response.writeHead(302, { location: `http://localhost:${port}/` }).end(),
      {
        privateHosts: ["localhost"],
      },
    );
    expect(await allowed.http.get("x")).toEqual({ secret: 1 });
  });

  test("of a stranger's base URL are refused too", async () => {
    const { http, server } = await client(() => ({}), { strangersUrl: true });
    await expect(http.get("x")).rejects.toMatchObject({ code: "http.address_refused" });
    expect(server.requests).toHaveLength(0);
  });

  test("a redirect to another server takes no credentials along", async () => {
    const other = await httpServer(() => ({}));
    closing.push(() => other.close());
    const { http } = await client((_, response) => void response.writeHead(307, { location: `${other.url}/y` }).end(), {
      headers: { authorization: "Bearer t", "x-api-key": "k" },
    });
    await http.get("x");
    expect(other.requests[0]!.headers).not.toHaveProperty("authorization");
    expect(other.requests[0]!.headers).not.toHaveProperty("x-api-key");
  });
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { checkpoint, clientCredentials, cursorPages, defineSource, secret, z } from "../../../sdk/index.js";
import {
  httpRecorder,
  type KitSubject,
  type Recording,
  readFixture,
  readRecording,
  replayed,
  runKit,
  writeRecording,
} from "../../../sdk/testing/index.js";
import { type Answer, httpServer } from "../../support/http-server.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-recording-"));
afterAll(() => rmSync(folder, { recursive: true }));

const parts = [1, 2, 3, 4, 5].map((id) => ({ id, price: "digits", changed: `2026-01-0${1 + (id >> 1)}` }));
const token = "tok3n-0f-the-live-system";

/** A system with a login, whose answers are compressed. */
const answer: Answer = ({ path, query, headers, body }, response) => {
  if (path === "/token") {
    const form = new URLSearchParams(body);
    const knows = form.get("client_secret") === "client-canary";
    return knows ? { access_token: token, expires_in: 3600 } : void response.writeHead(400).end();
  }
  if (headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
  const found = parts.filter(({ changed }) => changed >= (query.get("since") ?? ""));
  const from = Number(query.get("after") ?? 0);
  const text = JSON.stringify({
    key: "key-canary",
    parts: found.slice(from, from + 2),
    next: from + 2 < found.length ? from + 2 : null,
  });
  response.setHeader("content-type", "application/json").setHeader("set-cookie", "id=cookie-canary");
  response.setHeader("content-encoding", "gzip").end(gzipSync(text.replaceAll('"digits"', "12345678901234567.25")));
};

const source = defineSource({
  name: "parts",
  config: z.strictObject({
    base_url: z.url().describe("Where it is"),
    client_secret: secret("The client's secret"),
    key: secret("The key"),
  }),
  http: ({ base_url, client_secret, key }) => ({
    baseUrl: base_url,
    query: { key: key.reveal() },
    auth: clientCredentials({ tokenUrl: `${base_url}/token`, clientId: "me", clientSecret: client_secret }),
  }),
  streams: {
    parts: {
      primaryKey: ["id"],
      cursorField: "changed",
      columns: { price: "decimal(20,2)" },
      async *read({ http, state }) {
        const next = cursorPages({ param: "after", cursor: "next" });
        for await (const page of http.pages("parts", { query: { since: state?.since }, records: "parts", next })) {
          yield page;
          yield checkpoint({ since: page.at(-1).changed });
        }
      },
    },
  },
});

async function recorded(): Promise<Recording> {
  const server = await httpServer(answer);
  const config = { base_url: server.url, client_secret: "client-canary", key: "key-canary" };
  const recorder = httpRecorder({ source, config });
  try {
    expect(await failures({ source, config, tapHttp: recorder.tapHttp })).toEqual([]);
    return recorder.recording();
  } finally {
    await server.close();
  }
}

async function failures(subject: KitSubject): Promise<string[]> {
  const failed: string[] = [];
  for await (const { check, outcome, found } of runKit(subject, { only: "read" })) {
    if (outcome === "failed") failed.push(`${check}: ${found}`);
  }
  return failed;
}

test("a recorded run of the kit is passed again without the system, digits and all, and holds no secret", async () => {
  const file = join(folder, "parts.jsonl");
  writeRecording(file, await recorded());
  const text = readFileSync(file, "utf8");
  for (const canary of ["client-canary", "key-canary", "cookie-canary", token]) expect(text).not.toContain(canary);
  expect(text).toContain("12345678901234567.25");

  const fixture = replayed(file);
  expect(fixture.config).toMatchObject({ client_secret: "redacted-1", key: "redacted-2" });
  expect(await failures({ source, ...fixture })).toEqual([]);

  const { rows } = await readFixture(source, fixture, "parts");
  expect(rows.map(({ id, price }) => [id, price])).toEqual(parts.map(({ id }) => [`${id}`, "12345678901234567.25"]));
});

const asked = { method: "POST", headers: {}, body: "" };
const recording: Recording = {
  connector: "parts",
  config: {},
  recordedAt: "2026-01-01T00:00:00.000Z",
  exchanges: [
    {
      request: { method: "POST", url: "https://a.example/jobs", query: { a: ["1"], b: ["2", "3"] } },
      answer: { status: 200, body: "running" },
      times: 2,
    },
    {
      request: { method: "POST", url: "https://a.example/jobs", query: { a: ["1"], b: ["2", "3"] } },
      answer: { status: 200, body: "done" },
    },
    {
      request: { method: "POST", url: "https://a.example/search", body: '{"a":1,"b":[2]}' },
      answer: { status: 200, body_base64: "AAE=" },
    },
  ],
};

test("answers to the same request come in their order, and the last one stays", () => {
  const { server } = replayed(recording);
  const ask = () => server({ ...asked, url: new URL("https://a.example/jobs?b=2&a=1&b=3") });
  expect([ask(), ask(), ask(), ask()]).toMatchObject(["running", "running", "done", "done"].map((body) => ({ body })));
});

test("members of a JSON body may come in any order", () => {
  const { server } = replayed(recording);
  const answer = server({ ...asked, url: new URL("https://a.example/search"), body: '{ "b": [2], "a": 1 }' });
  expect(answer).toMatchObject({ body: Buffer.from([0, 1]) });
});

test("a request that was not recorded is an error that names the nearest one that was", () => {
  const { server } = replayed(recording);
  expect(() => server({ ...asked, url: new URL("https://a.example/jobs?a=7&c=1&b=2&b=3") })).toThrowError(
    "POST https://a.example/jobs?a=7&b=2&b=3&c=1 was not recorded; the nearest there is " +
      "POST https://a.example/jobs?a=1&b=2&b=3: a is 7, not 1, with c=1",
  );
  expect(() => server({ ...asked, url: new URL("https://a.example/search"), body: '{"a":2}' })).toThrowError(
    'the body is {"a":2}, not {"a":1,"b":[2]}',
  );
});

test("what is no recording is told, with the line", () => {
  const file = join(folder, "broken.jsonl");
  writeRecording(file, recording);
  expect(readRecording(file)).toEqual(recording);
  rmSync(file);
  expect(() => readRecording(file)).toThrowError("cannot be read: ENOENT");
  expect(() => readRecording(new URL(import.meta.url).pathname)).toThrowError(
    "recording.test.ts, line 1: this is not JSON",
  );
});

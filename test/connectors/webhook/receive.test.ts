import { createHmac } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { webhookConfig } from "../../../connectors/webhook/config.js";
import { forgetBefore, inboxEvents } from "../../../connectors/webhook/inbox.js";
import { receiveEvents } from "../../../connectors/webhook/receive.js";

const projectDir = mkdtempSync(join(tmpdir(), "sluice-receive-"));
afterAll(() => rmSync(projectDir, { recursive: true }));

async function receiver(more: object = {}) {
  const config = webhookConfig.parse({ inbox: "in", streams: ["e"], port: 0, ...more });
  return receiveEvents(config, projectDir, () => undefined);
}

async function bodies(): Promise<string[]> {
  const found: string[] = [];
  for await (const { event } of inboxEvents(join(projectDir, "in/e"), undefined)) found.push(event.body);
  return found;
}

test("what was answered 202 is there after a restart, in order, and nothing else", async () => {
  const first = await receiver();
  const post = (url: string, body: string) => fetch(`${url}/e`, { method: "POST", body });
  const statuses = await Promise.all(
    Array.from({ length: 50 }, (_, i) => post(first.url, `{"n":${i}}`).then(({ status }) => status)),
  );
  expect(new Set(statuses)).toEqual(new Set([202]));
  expect((await post(first.url, "{")).status).toBe(400);
  expect((await fetch(`${first.url}/other`, { method: "POST", body: "1" })).status).toBe(404);
  expect((await fetch(`${first.url}/e`)).status).toBe(405);
  await first.close();
  const folder = join(projectDir, "in/e");
  // A line that a crash has cut: nobody was told of it.
  appendFileSync(join(folder, readdirSync(folder)[0]!), '{"id":"torn","bo');
  const second = await receiver();
  await post(second.url, '"last"');
  await second.close();
  const all = await bodies();
  expect(all).toHaveLength(51);
  expect(new Set(all).size).toBe(51);
  expect(all.at(-1)).toBe('"last"');
  await forgetBefore(folder, { file: readdirSync(folder).sort().at(-1)!, offset: 0 });
  expect(await bodies()).toEqual(['"last"']);
});

test("events without a right signature, stale or too large are refused", async () => {
  const key = Buffer.from("shared secret").toString("base64");
  const { url, close } = await receiver({ inbox: "signed", signing_secret: `whsec_${key}`, max_event_bytes: 100 });
  const post = (body: string, seconds = 0, tamper = "") => {
    const timestamp = String(Math.floor(Date.now() / 1000) - seconds);
    const signature = createHmac("sha256", "shared secret").update(`id1.${timestamp}.${body}`).digest("base64");
    const headers = {
      "webhook-id": "id1",
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,old v1,${signature}`,
    };
    return fetch(`${url}/e`, { method: "POST", body: body + tamper, headers });
  };
  expect((await post("{}")).status).toBe(202);
  expect((await post("{}", 0, " ")).status).toBe(401);
  expect((await post("{}", 600)).status).toBe(401);
  expect((await fetch(`${url}/e`, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await post(JSON.stringify("x".repeat(200)))).status).toBe(413);
  await close();
});

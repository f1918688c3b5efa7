import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { webhookConfig } from "../../../connectors/webhook/config.js";
import webhook from "../../../connectors/webhook/index.js";
import { receiveEvents } from "../../../connectors/webhook/receive.js";
import { type CanonicalRow, sourceConformance } from "../../../sdk/testing/index.js";

const rows: CanonicalRow[] = [];
let url: string;

/** Posts events whose bodies are JSON, and gives the rows that they must become. */
async function post(...bodies: string[]): Promise<CanonicalRow[]> {
  const sent: CanonicalRow[] = [];
  for (const body of bodies) {
    const headers = { "content-type": "application/json", "user-agent": "sender" };
    const answer = await fetch(`${url}/events`, { method: "POST", body, headers });
    const { event_id, received_at } = (await answer.json()) as { event_id: string; received_at: string };
    const time = received_at.replace("T", " ").replace(/\.?0*Z$/, "+00");
    sent.push({ event_id, received_at: time, headers: JSON.stringify(headers), body });
  }
  return sent;
}

sourceConformance(
  { describe, test, afterAll },
  {
    name: "webhook",
    source: webhook,
    async prepare() {
      const projectDir = await mkdtemp(join(tmpdir(), "sluice-webhook-"));
      const config = { inbox: "inbox", streams: ["events"], port: 0 };
      const receiver = await receiveEvents(webhookConfig.parse(config), projectDir, () => undefined);
      ({ url } = receiver);
      rows.push(
        ...(await post('{"n": 1}', '{"n": 12345678901234567890}', "[1, 2.50]", '"text"', "null", '{"a":{"b":"ä"}}')),
      );
      return {
        config,
        projectDir,
        async remove() {
          await receiver.close();
          await rm(projectDir, { recursive: true });
        },
      };
    },
    streams: [
      {
        stream: "events",
        columns: { event_id: "string", received_at: "timestamp", headers: "json", body: "json" },
        primaryKey: ["event_id"],
        rows,
        incremental: { grow: () => post('{"n": 7}', '{"n": 8}') },
      },
    ],
  },
);

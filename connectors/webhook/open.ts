import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type ConnectorContext,
  checkpoint,
  type JsonObject,
  type OpenSource,
  openRowSource,
  type Row,
  type RowStream,
  rawJson,
} from "../../sdk/index.js";
import type { WebhookConfig } from "./config.js";
import { forgetBefore, type InboxPlace, inboxEvents, type ReceivedEvent } from "./inbox.js";

const pageRows = 500;

/** Opens the inboxes for reading; the receiver may go on meanwhile. */
export async function openWebhook(
  config: WebhookConfig,
  { projectDir, ...context }: ConnectorContext,
): Promise<OpenSource> {
  const folderOf = (stream: string) => join(resolve(projectDir, config.inbox), stream);
  const streams = Object.fromEntries(config.streams.map((name) => [name, eventStream(folderOf(name))]));
  const check = () => mkdir(resolve(projectDir, config.inbox), { recursive: true, mode: 0o700 });
  const source = await openRowSource({ name: "webhook", check, streams }, undefined, { projectDir, ...context });
  return {
    ...source,
    async acknowledge({ name }, state) {
      const { position, done } = state as { position?: JsonObject; done?: boolean };
      // A full refresh reads everything again the next time.
      if (position !== undefined && done !== true)
        await forgetBefore(folderOf(name), position as unknown as InboxPlace);
    },
  };
}

function eventStream(folder: string): RowStream {
  return {
    primaryKey: ["event_id"],
    incremental: true,
    columns: { event_id: "string", received_at: "timestamp", headers: "json", body: "json" },
    async *read({ state }) {
      let rows: Row[] = [];
      let last = state;
      for await (const { event, place } of inboxEvents(folder, state as InboxPlace | undefined)) {
        rows.push(rowOf(event));
        last = { ...place };
        if (rows.length < pageRows) continue;
        yield rows;
        yield checkpoint(last);
        rows = [];
      }
      if (rows.length > 0) yield rows;
      if (last !== undefined) yield checkpoint(last);
    },
  };
}

function rowOf({ id, received_at, headers, body }: ReceivedEvent): Row {
  return { event_id: id, received_at, headers, body: rawJson(body) };
}

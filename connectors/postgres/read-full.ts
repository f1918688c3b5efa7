import type { Message } from "../../sdk/messages.js";
import { planChunks } from "./chunks.js";
import type { ReadSession } from "./read-session.js";

/** Reads everything. */
export async function* readFull({ request, snapshot, relation, columns, copy }: ReadSession): AsyncGenerator<Message> {
  const { parallelism } = request;
  const { chunks } = planChunks(relation, { parallelism, resumable: false, serverVersion: snapshot.serverVersion });
  const selections = chunks.map(({ from, range }) => ({ from, conditions: [range] }));
  for await (const event of copy(selections, columns)) {
    if ("batch" in event) yield { type: "batch", batch: event.batch };
  }
  yield { type: "checkpoint", state: { version: 1, snapshot: snapshot.text } };
}

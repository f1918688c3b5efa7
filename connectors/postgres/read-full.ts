import type { Message } from "../../sdk/messages.js";
import { planChunks } from "./chunks.js";
import { identity } from "./read-first.js";
import type { ReadSession } from "./read-session.js";
import { checkpoint } from "./read-state.js";
import { seenTransactions } from "./row-versions.js";

/** Reads everything. */
export async function* readFull(session: ReadSession): AsyncGenerator<Message> {
  const { request, snapshot, relation, columns, copy } = session;
  const { parallelism } = request;
  const { chunks } = planChunks(relation, { parallelism, resumable: false, serverVersion: snapshot.serverVersion });
  const selections = chunks.map(({ from, range }) => ({ from, conditions: [range] }));
  for await (const event of copy(selections, columns)) {
    if ("batch" in event) yield { type: "batch", batch: event.batch };
  }
  const seen = relation.versioned ? { snapshot: snapshot.text, quiet: snapshot.quiet } : {};
  const transactions =
    relation.versioned && request.rereads === "forbidden" ? { seen: await seenTransactions(session) } : {};
  yield checkpoint({ version: 1, ...identity(session), ...seen, ...transactions });
}

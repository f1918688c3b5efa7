import type { Message } from "../../sdk/messages.js";
import { planChunks } from "./chunks.js";
import { identity } from "./read-first.js";
import type { ReadSession } from "./read-session.js";
import { checkpoint, parseState } from "./read-state.js";

/** Reads everything. Its one checkpoint is at the end, so there is nothing to read after a state. */
export async function* readFull({ request, snapshot, relation, columns, copy }: ReadSession): AsyncGenerator<Message> {
  const finished = parseState(request.state, relation.stream);
  if (finished !== undefined) {
    yield checkpoint(finished);
    return;
  }
  const { parallelism } = request;
  const { chunks } = planChunks(relation, { parallelism, resumable: false, serverVersion: snapshot.serverVersion });
  const selections = chunks.map(({ from, range }) => ({ from, conditions: [range] }));
  for await (const event of copy(selections, columns)) {
    if ("batch" in event) yield { type: "batch", batch: event.batch };
  }
  yield checkpoint({ version: 1, ...identity({ relation, snapshot }), snapshot: snapshot.text });
}

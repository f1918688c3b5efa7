import type { CheckpointMessage, Message } from "../../sdk/messages.js";
import { planChunks } from "./chunks.js";
import { identity } from "./read-first.js";
import type { ReadSession } from "./read-session.js";
import { checkpoint, parseState } from "./read-state.js";

/** Reads everything; returns the one checkpoint, which says that there is nothing left to read. */
export async function* readFull({
  request,
  snapshot,
  relation,
  columns,
  copy,
  copyEncoded,
}: ReadSession): AsyncGenerator<Message, CheckpointMessage> {
  const finished = parseState(request.state, relation.stream);
  if (finished !== undefined) return checkpoint(finished);
  const { parallelism } = request;
  const { chunks } = planChunks(relation, { parallelism, resumable: false, serverVersion: snapshot.serverVersion });
  const selections = chunks.map(({ from, range }) => ({ from, conditions: [range] }));
  if (copyEncoded !== undefined) {
    for await (const event of copyEncoded(selections))
      if ("output" in event) yield { type: "encoded", rows: event.output };
  } else {
    for await (const event of copy(selections, columns))
      if ("output" in event) yield { type: "batch", batch: event.output };
  }
  return checkpoint({ version: 1, ...identity({ relation, snapshot }), snapshot: snapshot.text });
}

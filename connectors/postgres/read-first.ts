import { createHash } from "node:crypto";
import type { Message } from "../../sdk/messages.js";
import { planChunks } from "./chunks.js";
import type { IncrementalRead } from "./incremental-read.js";
import type { ReadSession } from "./read-session.js";
import { checkpoint, type ReadState } from "./read-state.js";
import { fileNode, snapshotUsable } from "./row-versions.js";

/** A state whose first read is not finished, and may be. */
export type LoadingState = ReadState & {
  readonly snapshot: string;
  readonly loading: NonNullable<ReadState["loading"]>;
};

/**
 * Reads everything for the first time, or what is left of it. Where rows may come again, a checkpoint follows every chunk:
 * it keeps the snapshot of the first chunk, since what changed in finished chunks after that is found by it later.
 */
export async function* readFirst(read: IncrementalRead, begun: LoadingState | undefined): AsyncGenerator<Message> {
  const { session, cursor, tracker } = read;
  const { snapshot, request } = session;
  const resumable = request.rereads === "merged" && session.relation.versioned;
  const heaps = session.relation.heaps?.map((heap) => ({
    ...heap,
    blocks: begunBlocks(begun, heap.oid) ?? heap.blocks,
  }));
  const plan = planChunks(
    { ...session.relation, heaps },
    {
      parallelism: request.parallelism,
      resumable,
      serverVersion: snapshot.serverVersion,
      ...(begun === undefined ? {} : { blocks: begun.loading.blocks }),
    },
  );
  const done = new Set(begun?.loading.done);
  const left = plan.chunks.filter(({ index }) => !done.has(index));
  const first: ReadState = begun ?? {
    version: 1,
    ...identity(session),
    snapshot: snapshot.text,
    quiet: snapshot.quiet,
    seen: [],
    cursor_field: cursor.column.name,
    bound: null,
  };
  for await (const event of read.rows(left.map(({ from, range }) => ({ from, conditions: [range] })))) {
    if ("type" in event) {
      yield event;
      continue;
    }
    done.add(left[event.finished]!.index);
    if (!resumable || done.size === plan.chunks.length) continue;
    const loading = {
      selection: selectionDigest(session),
      blocks: plan.blocks,
      heaps: (heaps ?? []).map(({ oid, fileNode, blocks }) => [oid, fileNode, blocks] as [number, number, number]),
      done: [...done],
      ...(tracker.greatest === undefined ? {} : { greatest: String(tracker.greatest) }),
    };
    yield checkpoint({ ...first, loading });
  }
}

/** The server and table that a snapshot is of. */
export function identity({
  relation,
  snapshot,
}: Pick<ReadSession, "relation" | "snapshot">): Pick<ReadState, "system" | "relation" | "file_node"> {
  const file = fileNode(relation);
  return {
    ...(snapshot.system === undefined ? {} : { system: snapshot.system }),
    ...(relation.oid === undefined ? {} : { relation: relation.oid }),
    ...(file === undefined ? {} : { file_node: file }),
  };
}

/** The state, if its first read can go on: the same selection, from the same files of the same table. */
export function resumableState(session: ReadSession, state: ReadState | undefined): LoadingState | undefined {
  if (state?.loading === undefined || state.snapshot === undefined || !snapshotUsable(session, state)) return undefined;
  const { relation, request } = session;
  const { loading, snapshot } = state;
  if (!relation.versioned || request.rereads !== "merged" || loading.selection !== selectionDigest(session))
    return undefined;
  const heaps = relation.heaps ?? [];
  const same =
    heaps.length === loading.heaps.length &&
    heaps.every(({ oid, fileNode: file }, index) => {
      const known = loading.heaps[index]!;
      return known[0] === oid && known[1] === file;
    });
  return same && heaps.length > 0 ? { ...state, snapshot, loading } : undefined;
}

function begunBlocks(begun: LoadingState | undefined, oid: number): number | undefined {
  return begun?.loading.heaps.find(([known]) => known === oid)?.[2];
}

function selectionDigest({ request }: ReadSession): string {
  const selection = JSON.stringify([request.columns, request.filter ?? [], request.cursorField]);
  return createHash("sha256").update(selection).digest("hex").slice(0, 16);
}

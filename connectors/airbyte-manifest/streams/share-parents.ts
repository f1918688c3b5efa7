import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, children, text, typeOf } from "../load/fields.js";
import { copyOfDict } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";

/** Copies of streams whose parents keep the answers they get, so that a parent is fetched once for all its children. */
export function shareParents(streams: readonly Component[]): Component[] {
  const copies = streams.map(copyOfDict);
  const parents = new Set<string>();
  for (const stream of copies) {
    for (const parent of parentsIn(child(stream, "retriever")?.get("partition_router") ?? null)) {
      parents.add(text(parent, "name") ?? "");
      keepAnswers(parent);
    }
  }
  for (const stream of copies) if (parents.has(text(stream, "name") ?? "")) keepAnswers(stream);
  return copies;
}

/** The parent streams of a router, and of the routers it is made of. */
function parentsIn(router: PyValue): Component[] {
  if (Array.isArray(router)) return router.flatMap(parentsIn);
  if (!isDict(router)) return [];
  const own = children(router, "parent_stream_configs").flatMap((config) => child(config, "stream") ?? []);
  const nested = [...children(router, "partition_routers"), ...children(router, "underlying_partition_router")];
  return [...own, ...nested.flatMap(parentsIn)];
}

function keepAnswers(stream: Component): void {
  if (typeOf(stream) === "StateDelegatingStream") {
    for (const name of ["full_refresh_stream", "incremental_stream"]) {
      const inner = child(stream, name);
      if (inner !== undefined) keepAnswers(inner);
    }
    return;
  }
  const retriever = child(stream, "retriever");
  const requester = retriever === undefined ? undefined : child(retriever, "requester");
  if (requester !== undefined && requester.get("use_cache") !== false) requester.set("use_cache", true);
}

import { type Catalog, streamId } from "../../sdk/schema/stream.js";
import type { OpenSource } from "../../sdk/source.js";
import { matches, wantedStreams } from "./match-streams.js";
import type { ConnectionPlan } from "./plan.js";

/** What a source has of a connection's streams; everything it has where one is missing, so that the error names the nearest. */
export async function discoverStreams(source: OpenSource, connection: ConnectionPlan): Promise<Catalog> {
  const wanted = wantedStreams(connection);
  const catalog = await source.discover({ streams: wanted });
  const ids = [...catalog.streams, ...(catalog.broken ?? [])].map(streamId);
  const complete = wanted.every((pattern) => ids.some((id) => matches(pattern, id)));
  return complete ? catalog : source.discover();
}

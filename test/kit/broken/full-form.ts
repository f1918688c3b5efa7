import {
  createPacker,
  defineSource,
  type Message,
  type ReadRequest,
  type Source,
  type Stream,
  scalar,
} from "../../../sdk/index.js";
import { settings } from "./settings.js";

/** The stream of the broken connectors that are written in full. */
export const stream: Stream = {
  name: "items",
  columns: ["id", "size"].map((name) => ({ name, type: scalar("int64"), nullable: false })),
  primaryKey: ["id"],
  cursorFields: [],
  readModes: ["full_refresh"],
};

export const rows = Array.from({ length: 8 }, (_, i) => ({ id: i, size: i % 3 }));

/** A source with one stream, read as `read` does it. */
export function fullForm(name: string, read: (request: ReadRequest) => AsyncGenerator<Message>): Source {
  return defineSource({
    name,
    title: name,
    config: settings,
    open: async () => ({
      async check() {},
      discover: async () => ({ streams: [stream] }),
      read,
      async close() {},
    }),
  });
}

/** Packs the rows that a request has not seen yet, in its batches. */
export function* packed(request: ReadRequest, columns = request.columns): Generator<Message> {
  const packer = createPacker(
    columns.map((name) => stream.columns.find((column) => column.name === name)!),
    { limits: request.batch, onUnknownKey: () => undefined },
  );
  const { id = -1 } = (request.state ?? {}) as { readonly id?: number };
  for (const row of rows) {
    if (row.id <= id) continue;
    const batch = packer.add(row);
    if (batch !== undefined) yield { type: "batch", batch };
    if (batch !== undefined) yield { type: "checkpoint", state: { id: row.id } };
  }
  const batch = packer.flush();
  if (batch !== undefined) yield { type: "batch", batch };
}

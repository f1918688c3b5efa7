import { createInference } from "../../../sdk/batch/infer.js";
import { typedColumns } from "../../../sdk/child/typed-columns.js";
import type { Log } from "../../../sdk/context.js";
import { SluiceError } from "../../../sdk/errors.js";
import type { Json } from "../../../sdk/json.js";
import type { Column, Stream } from "../../../sdk/schema/stream.js";
import type { Inference } from "../../../sdk/source.js";
import type { Config } from "../config.js";
import { toJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import { type Component, text } from "../load/fields.js";
import { validateComponent } from "../load/validate-manifest.js";
import { buildStream } from "../streams/build-stream.js";
import { readStream } from "../streams/read-stream.js";
import type { DeclarativeStream } from "../streams/stream.js";
import type { RuntimeSource } from "./open-runtime.js";
import { recordRow } from "./record-row.js";

export interface DiscoverOptions {
  readonly settings: Config;
  readonly runtimes: RuntimeSource;
  readonly inference: Inference;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Rows that are looked at where a stream has no schema, unless all are to be. */
const enoughRows = 100;

/** What a stream looks like. One that cannot be run is told in the log and left out: undefined. */
export async function discoverStream(component: Component, options: DiscoverOptions): Promise<Stream | undefined> {
  const { settings, runtimes, log } = options;
  const name = text(component, "name") ?? "";
  try {
    validateComponent(component, settings.manifest, `streams.${name}`);
    const { maxBytes } = runtimes;
    const stream = buildStream(component, runtimes.runtime(options.signal), { state: pyDict(), maxBytes });
    return await described(stream, options);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind !== "config") throw error;
    log(
      "warn",
      `stream '${name}' cannot be read: ${error.message}`,
      error.hint === undefined ? {} : { hint: error.hint },
    );
    return undefined;
  }
}

async function described(stream: DeclarativeStream, options: DiscoverOptions): Promise<Stream> {
  const { name, cursor } = stream;
  const declaredKey = stream.primaryKey.every((path) => path.length === 1) ? stream.primaryKey.flat() : [];
  const schema = JSON.parse(toJson(await stream.schema())) as Json;
  const typed = typedColumns(schema, { stream: name, notNull: declaredKey, types: options.settings.types });
  const isInferred = typed.length === 0;
  const columns = isInferred ? await inferred(stream, options) : typed;
  const has = (column: string) => columns.some((candidate) => candidate.name === column);
  return {
    name,
    columns: columns.map((column) => ({ ...column, nullable: true })),
    ...(isInferred ? { inferred: true } : {}),
    primaryKey: declaredKey.every(has) ? declaredKey : [],
    cursorFields: cursor.field !== undefined && has(cursor.field) ? [cursor.field] : [],
    readModes: cursor.field === undefined ? ["full_refresh"] : ["full_refresh", "incremental"],
  };
}

async function inferred(stream: DeclarativeStream, { inference }: DiscoverOptions): Promise<readonly Column[]> {
  const types = createInference();
  let rows = 0;
  for await (const event of readStream(stream)) {
    if (event.type !== "record") continue;
    types.see(recordRow(event.record.data));
    rows += 1;
    if (inference === "optimistic" && rows >= enoughRows) break;
  }
  return types.columns();
}

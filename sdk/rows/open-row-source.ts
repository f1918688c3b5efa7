import type { z } from "zod";
import type { ConnectorContext } from "../context.js";
import { ConfigError } from "../errors.js";
import { bindSignal } from "../http/bind-signal.js";
import { noHttp } from "../http/no-http.js";
import { openHttp } from "../http/open-http.js";
import { type Catalog, type Stream, streamId } from "../schema/stream.js";
import type { DiscoverRequest, OpenSource, ReadRequest } from "../source.js";
import { discoverRows } from "./discover-rows.js";
import { type Rows, readRows } from "./read-rows.js";
import type { RowSource, SourceKit } from "./row-source.js";
import type { Reading, RowStream } from "./row-stream.js";

/** Opens a source in its short form. Nothing is sent before `check`, `discover` or `read`. */
export async function openRowSource<Config extends z.ZodType>(
  definition: Pick<RowSource<Config>, "name" | "http" | "check" | "streams">,
  config: z.output<Config>,
  context: ConnectorContext,
): Promise<OpenSource> {
  const http = definition.http === undefined ? undefined : await openHttp(definition.http(config, context), context);
  const kit = kitFor(context.signal);
  let listed: Promise<Readonly<Record<string, RowStream<z.output<Config>>>>> | undefined;

  function kitFor(signal: AbortSignal): SourceKit<z.output<Config>> {
    const { log } = context;
    return {
      config,
      context,
      log,
      signal,
      http: http === undefined ? noHttp(definition.name) : bindSignal(http, signal),
    };
  }

  /** The streams by `namespace.name`. */
  async function streams(): Promise<ReadonlyMap<string, readonly [string, RowStream<z.output<Config>>]>> {
    const given = definition.streams;
    listed ??= typeof given === "function" ? given(kit) : Promise.resolve(given);
    const byName = Object.entries(await listed);
    return new Map(byName.map(([name, stream]) => [streamId(namedAs(name, stream)), [name, stream] as const]));
  }

  async function describe(
    name: string,
    stream: RowStream<z.output<Config>>,
    request: DiscoverRequest,
  ): Promise<Stream> {
    const stopped = new AbortController();
    const signal = AbortSignal.any([context.signal, stopped.signal]);
    try {
      const rows = rowsOf(stream, { ...kitFor(signal), mode: "full_refresh", lookback: undefined, rereads: "merged" });
      return await discoverRows({ name, stream, rows, inference: request.inference ?? "optimistic" });
    } finally {
      stopped.abort();
    }
  }

  async function* read(request: ReadRequest) {
    const found = (await streams()).get(streamId(request.stream));
    if (found === undefined) throw notFound(streamId(request.stream), [...(await streams()).keys()]);
    const [, stream] = found;
    const { mode, lookback, rereads, signal } = request;
    const rows = rowsOf(stream, { ...kitFor(AbortSignal.any([context.signal, signal])), mode, lookback, rereads });
    yield* readRows({ stream, request, rows });
  }

  async function discover(request: DiscoverRequest = {}): Promise<Catalog> {
    const found: Stream[] = [];
    for (const [id, [name, stream]] of await streams()) {
      if (isWanted(id, request.streams)) found.push(await describe(name, stream, request));
    }
    return { streams: found };
  }

  async function readFirst(): Promise<void> {
    const [first] = (await streams()).values();
    if (first !== undefined) await describe(...first, {});
  }

  return {
    async check() {
      await (definition.check === undefined ? readFirst() : definition.check(kit));
    },
    discover,
    read,
    async close() {
      await http?.close();
    },
  };
}

function rowsOf<Config>(stream: RowStream<Config>, reading: Omit<Reading<Config>, "state">): Rows {
  return (state) => stream.read({ ...reading, state });
}

function namedAs(name: string, { namespace }: Pick<RowStream, "namespace">): Pick<Stream, "name" | "namespace"> {
  return namespace === undefined ? { name } : { name, namespace };
}

function notFound(id: string, names: readonly string[]): ConfigError {
  return new ConfigError("stream.not_found", `there is no stream '${id}'`, {
    stream: id,
    hint: `the streams are ${names.join(", ")}`,
  });
}

/** Whether a stream's name fits one of the patterns; `*` stands for any characters. */
function isWanted(stream: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => {
    const literal = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${literal.join(".*")}$`, "s").test(stream);
  });
}

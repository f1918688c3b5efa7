import type { z } from "zod";
import type { RowSource } from "./rows/row-source.js";
import type { RowStream } from "./rows/row-stream.js";
import type { FixedStream, Source } from "./source.js";

/**
 * Declares a source: in full, with `open`, or in the short form, with `streams` that yield plain rows. Checks nothing at
 * run time, infers everything at compile time.
 */
export function defineSource<Config extends z.ZodType>(source: Source<Config>): Source<Config>;
export function defineSource<Config extends z.ZodType>(source: RowSource<Config>): Source<Config>;
export function defineSource<Config extends z.ZodType>(source: Source<Config> | RowSource<Config>): Source<Config> {
  return "open" in source ? source : rowSource(source);
}

/** The source that a short form stands for. What opens it loads only then. */
function rowSource<Config extends z.ZodType>(definition: RowSource<Config>): Source<Config> {
  return {
    name: definition.name,
    title: definition.title ?? definition.name,
    config: definition.config,
    ...(typeof definition.streams === "function" ? {} : { streams: fixedStreams(definition.streams) }),
    async open(config, context) {
      const { openRowSource } = await import("./rows/open-row-source.js");
      return openRowSource(definition, config, context);
    },
  };
}

function fixedStreams(streams: Readonly<Record<string, Omit<RowStream, "read">>>): FixedStream[] {
  return Object.entries(streams).map(([name, stream]) => {
    const { namespace, primaryKey = [], cursorField, incremental = cursorField !== undefined } = stream;
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      primaryKey,
      cursorFields: cursorField === undefined ? [] : [cursorField],
      readModes: incremental ? ["full_refresh", "incremental"] : ["full_refresh"],
    };
  });
}

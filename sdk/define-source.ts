import type { z } from "zod";
import type { RowSource } from "./rows/row-source.js";
import type { Source } from "./source.js";

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
    async open(config, context) {
      const { openRowSource } = await import("./rows/open-row-source.js");
      return openRowSource(definition, config, context);
    },
  };
}

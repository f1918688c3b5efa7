import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { openProgram } from "../../sdk/child/program.js";
import type { ConnectorContext } from "../../sdk/context.js";
import { ConfigError, DataError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import { parseJson } from "../../sdk/parse-json.js";
import { matchesAny } from "../../sdk/schema/matches-any.js";
import { streamId } from "../../sdk/schema/stream.js";
import type { OpenSource } from "../../sdk/source.js";
import { type CatalogEntry, entriesOf, streamOf } from "./catalog.js";
import type { Config } from "./config.js";
import { readTap } from "./read.js";

/** Opens a tap; it runs for the first time when its catalog is wanted. */
export async function openTap(config: Config, context: ConnectorContext): Promise<OpenSource> {
  const program = await openProgram(config, context);
  let known: Promise<readonly CatalogEntry[]> | undefined;
  const entries = () => (known ??= catalogEntries());

  async function catalogEntries(): Promise<readonly CatalogEntry[]> {
    const text = config.catalog === undefined ? await discovered() : await fromFile(config.catalog, context);
    try {
      return entriesOf(parseJson(text) as Json);
    } catch (cause) {
      if (cause instanceof DataError) throw cause;
      throw new DataError("singer.catalog", `the tap's catalog is no JSON: ${(cause as Error).message}`, { cause });
    }
  }

  async function discovered(): Promise<string> {
    const lines: string[] = [];
    for await (const some of program.run({ args: async (path) => ["--config", path, "--discover"] }))
      lines.push(...some.map(String));
    return lines.join("\n");
  }

  return {
    async check() {
      await entries();
    },
    async discover({ streams: patterns } = {}) {
      const streams = (await entries()).map((entry) => streamOf(entry, config.types));
      return { streams: streams.filter((stream) => matchesAny(patterns, streamId(stream))) };
    },
    async *read(request) {
      yield* readTap({ config, program, log: context.log, entries: await entries() }, request);
    },
    close: program.close,
  };
}

async function fromFile(path: string, { projectDir }: ConnectorContext): Promise<string> {
  try {
    return await readFile(resolve(projectDir, path), "utf8");
  } catch (cause) {
    throw new ConfigError("singer.no_catalog", `the catalog file '${path}' cannot be read`, {
      hint: `it is relative to ${projectDir}`,
      cause,
    });
  }
}

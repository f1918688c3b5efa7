import { openProgram } from "../../sdk/child/program.js";
import type { ConnectorContext } from "../../sdk/context.js";
import { ConfigError, SystemError } from "../../sdk/errors.js";
import { matchesAny } from "../../sdk/schema/matches-any.js";
import { streamId } from "../../sdk/schema/stream.js";
import type { OpenSource } from "../../sdk/source.js";
import { isOf, streamOf } from "./catalog.js";
import type { Config } from "./config.js";
import type { AirbyteStream } from "./message.js";
import { readAirbyte } from "./read.js";
import { runCommand } from "./run-command.js";

/** Opens a source; it runs for the first time when it is checked or its catalog is wanted. */
export async function openAirbyte(config: Config, context: ConnectorContext): Promise<OpenSource> {
  // Older sources keep to one state document for all streams unless they are told that another is understood.
  const env = { USE_STREAM_CAPABLE_STATE: "true", ...config.env };
  const program = await openProgram({ ...config, env }, context);
  const airbyte = { program, log: context.log };
  let known: Promise<readonly AirbyteStream[]> | undefined;
  const catalog = () => (known ??= discovered());

  async function discovered(): Promise<readonly AirbyteStream[]> {
    let streams: readonly AirbyteStream[] | undefined;
    for await (const message of runCommand(airbyte, { args: async (path) => ["discover", "--config", path] })) {
      if (message.type === "CATALOG") streams = message.catalog.streams;
    }
    if (streams !== undefined) return streams;
    throw new SystemError("airbyte.no_catalog", "the source ended well and gave no catalog", {
      hint: "run its `discover --config FILE` by hand",
    });
  }

  return {
    async check() {
      for await (const message of runCommand(airbyte, { args: async (path) => ["check", "--config", path] })) {
        if (message.type !== "CONNECTION_STATUS" || message.connectionStatus.status === "SUCCEEDED") continue;
        const reason = program.redact(message.connectionStatus.message ?? "it gives no reason");
        throw new ConfigError("airbyte.check_failed", `the source refuses its config: ${reason}`, {
          hint: "`config:` is the source's own: its `spec` command prints what belongs there",
        });
      }
    },
    async discover({ streams: patterns } = {}) {
      const streams = (await catalog()).map((stream) => streamOf(stream, config.types));
      return { streams: streams.filter((stream) => matchesAny(patterns, streamId(stream))) };
    },
    async *read(request) {
      const found = (await catalog()).find((stream) => isOf(request.stream, stream));
      if (found === undefined) {
        throw new ConfigError("stream.unknown", `the source has no stream '${streamId(request.stream)}'`, {
          stream: streamId(request.stream),
          hint: "`sluice discover` lists them",
        });
      }
      yield* readAirbyte(airbyte, found, request);
    },
    close: program.close,
  };
}

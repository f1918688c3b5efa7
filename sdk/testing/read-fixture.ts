import { ConfigError } from "../errors.js";
import { streamId } from "../schema/stream.js";
import type { ReadRequest, Source } from "../source.js";
import { answeredBy } from "./kit/fixture-server.js";
import type { ConnectorFixture } from "./kit/subject.js";
import { readRequest, readStream, type StreamRead } from "./read-stream.js";
import { testContext } from "./test-context.js";

/**
 * All that a connector reads of one stream of a fixture, such as a recording: opens it, discovers the stream, reads it and
 * closes it. `overrides` change the request: a state to go on from, a mode.
 * @throws ConfigError `stream.not_found`, and what the connector throws
 */
export async function readFixture(
  source: Source,
  { config, server }: ConnectorFixture,
  name: string,
  overrides: Partial<ReadRequest> = {},
): Promise<StreamRead> {
  const context = testContext(server === undefined ? {} : { tapHttp: answeredBy(server) });
  try {
    const opened = await source.open(source.config.parse(config), context);
    try {
      const { streams } = await opened.discover({ streams: [name], inference: "exhaustive" });
      const stream = streams.find((candidate) => streamId(candidate) === name);
      if (stream === undefined) throw new ConfigError("stream.not_found", `discover does not find '${name}'`);
      return await readStream(opened, readRequest(stream, overrides));
    } finally {
      await opened.close();
    }
  } finally {
    context.remove();
  }
}

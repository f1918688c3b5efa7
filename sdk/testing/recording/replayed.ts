import { fileURLToPath } from "node:url";
import { ConfigError } from "../../errors.js";
import type { FixtureAnswer, FixtureServer } from "../kit/fixture-server.js";
import type { ConnectorFixture } from "../kit/subject.js";
import { named, nearestRequest } from "./nearest-request.js";
import { recordedRequest, requestKey } from "./recorded-request.js";
import type { RecordedAnswer, Recording } from "./recording.js";
import { readRecording } from "./recording-file.js";

/** A fixture whose server gives the answers that were recorded. */
export interface Replayed extends ConnectorFixture {
  readonly server: FixtureServer;
}

/**
 * A recording in place of the system it was made from: by its file, or as it is. A request is known by its method, URL, parameters in
 * any order, and body; where the same was answered in several ways, the answers come in that order and the last one stays.
 * Its config is the recorded one, with placeholders for secrets.
 * @throws ConfigError `recording.unreadable`, `recording.invalid`; the server throws `recording.no_such_request`
 */
export function replayed(recording: string | URL | Recording): Replayed {
  const { config, streams, exchanges } = recordingOf(recording);
  const answers = new Map<string, RecordedAnswer[]>();
  for (const { request, answer, times = 1 } of exchanges) {
    const key = requestKey(request);
    answers.set(key, [...(answers.get(key) ?? []), ...Array.from({ length: times }, () => answer)]);
  }
  const server: FixtureServer = ({ method, url, body }) => {
    const request = recordedRequest({ method, url, body });
    const left = answers.get(requestKey(request));
    if (left !== undefined) return fixtureAnswer(left.length > 1 ? left.shift()! : left[0]!);
    const nearest = nearestRequest(
      request,
      exchanges.map((exchange) => exchange.request),
    );
    const known = nearest === undefined ? "nothing was recorded" : `the nearest there is ${nearest}`;
    throw new ConfigError("recording.no_such_request", `${named(request)} was not recorded; ${known}`, {
      hint: "record anew where the connector now asks otherwise: sluice connector test … --record FILE",
    });
  };
  return { config, ...(streams === undefined ? {} : { streams }), server };
}

function recordingOf(recording: string | URL | Recording): Recording {
  if (typeof recording === "string") return readRecording(recording);
  return recording instanceof URL ? readRecording(fileURLToPath(recording)) : recording;
}

function fixtureAnswer({ status, headers = {}, body, body_base64 }: RecordedAnswer): FixtureAnswer {
  const bytes = body_base64 === undefined ? (body ?? "") : Buffer.from(body_base64, "base64");
  return { status, headers, body: bytes };
}

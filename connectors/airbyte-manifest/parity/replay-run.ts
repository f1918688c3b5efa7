import { pyDict } from "../jinja/values/dict.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, text } from "../load/fields.js";
import { unlimitedBudget } from "../requests/api-budget.js";
import type { WireRequest } from "../requests/exchange.js";
import { pythonJson } from "../requests/python-json.js";
import { createResponseCache } from "../requests/response-cache.js";
import type { Runtime } from "../runtime.js";
import { migratedConfig, transformedConfig } from "../spec/config-transformation.js";
import { streamDefinitions } from "../stream-definitions.js";
import { buildStream } from "../streams/build-stream.js";
import { readStream } from "../streams/read-stream.js";
import { copyOfDict } from "../value/copy.js";
import { bindTemplates } from "../value/templates.js";
import { firstDifference, requestDifference, stateDifference, valueDifference } from "./compare.js";
import type { Tape, TapeRun } from "./tape.js";

/** When the tapes were recorded: 2024-03-10T12:00:00Z. */
const recordedAt = Date.UTC(2024, 2, 10, 12);
const maxBytes = 64 * 1024 * 1024;
/** A run that asks so much more than the tape did is going round in circles. */
const mostRequests = 5_000;

/** Replays one run; returns how it differs from the tape, nothing where it does not. */
export async function replayRun(manifest: Component, tape: Tape, run: TapeRun): Promise<readonly string[]> {
  const requests: WireRequest[] = [];
  const records: PyValue[] = [];
  const states: PyValue[] = [];
  const problems: string[] = [];
  try {
    const runtime = replayRuntime(manifest, tape, run, requests);
    const streams = await streamDefinitions(manifest, runtime, maxBytes);
    const component = streams.find((stream) => text(stream, "name") === run.stream);
    if (component === undefined) return ["the stream is not there"];
    const stream = buildStream(component, runtime, { state: copyOfDict(run.state), maxBytes });
    for await (const event of readStream(stream)) {
      if (event.type === "record") records.push(event.record.data);
      else states.push(event.state);
    }
  } catch (error) {
    problems.push(error instanceof Error ? `fails: ${error.message}` : String(error));
  }
  const differences = [
    firstDifference("request", run.requests, requests, requestDifference),
    firstDifference("record", run.records, records, valueDifference),
    firstDifference("state", run.states, states, stateDifference),
  ];
  return [...problems, ...differences.filter((difference) => difference !== undefined)];
}

function replayRuntime(manifest: Component, tape: Tape, run: TapeRun, requests: WireRequest[]): Runtime {
  const clock = () => recordedAt;
  const config = transformedConfig(manifest, migratedConfig(manifest, tape.config, clock), clock);
  const answers = { usual: bytesOf(run.response), token: bytesOf(Array.isArray(run.response) ? run.response : token) };
  return {
    config,
    clock,
    templates: bindTemplates(config, clock),
    exchange: async (request) => {
      requests.push(request);
      if (requests.length > mostRequests) throw new Error(`more than ${mostRequests} requests`);
      const body = /oauth|token|login|auth/.test(request.url) ? answers.token : answers.usual;
      return { status: 200, headers: new Map([["content-type", "application/json"]]), url: request.url, body };
    },
    pause: async () => undefined,
    cache: createResponseCache(maxBytes),
    budget: unlimitedBudget,
    log: () => undefined,
    // The same answer is all that a tape has.
    refusesRepeats: false,
    refreshing: new Map(),
    tokenPools: new Map(),
    mostJobs: 1,
    // The reference does one thing after the other on a tape: all jobs, then all downloads.
    jobsAhead: 1_000,
    onConfigChanged: async () => undefined,
  };
}

/** What every URL that looks like a login was answered with. */
const token: PyValue = pyDict([
  ["access_token", "tok"],
  ["token", "tok"],
  ["expires_in", 3600n],
  ["refresh_token", "r"],
  [
    "data",
    pyDict([
      ["token", "tok"],
      ["access_token", "tok"],
    ]),
  ],
  ["session_token", "tok"],
  ["id", "tok"],
]);

function bytesOf(value: PyValue): Uint8Array {
  return Buffer.from(pythonJson(value));
}

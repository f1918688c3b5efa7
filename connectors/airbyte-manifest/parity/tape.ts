import { ConfigError } from "../../../sdk/errors.js";
import { fromJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

/** A request as the reference sent it. */
export interface TapeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: PyDict;
  readonly body: string | undefined;
}

/** One stream as the reference read it, every request answered with the same body. */
export interface TapeRun {
  readonly stream: string;
  readonly mode: string;
  readonly response: PyValue;
  /** What the reference began from; empty in most tapes. */
  readonly state: PyDict;
  readonly requests: readonly TapeRequest[];
  readonly records: readonly PyValue[];
  readonly states: readonly PyValue[];
  /** Whether the reference failed: such a run says nothing of how a stream is read. */
  readonly failed: boolean;
}

export interface Tape {
  readonly config: PyDict;
  readonly runs: readonly TapeRun[];
}

/** Reads a recording: `{ config, runs: [{ stream, mode, response, requests: [{ m, u, h, b }], records, states, error, state? }] }`. */
export function readTape(text: string): Tape {
  const tape = asDict(fromJson(text), "the tape");
  return { config: asDict(tape.get("config"), "its config"), runs: asList(tape.get("runs"), "its runs").map(runOf) };
}

function runOf(value: PyValue): TapeRun {
  const run = asDict(value, "a run");
  return {
    stream: String(run.get("stream")),
    mode: String(run.get("mode")),
    response: run.get("response") ?? null,
    state: asDict(run.get("state") ?? pyDict(), "a state"),
    requests: asList(run.get("requests"), "requests").map(requestOf),
    records: asList(run.get("records"), "records"),
    states: asList(run.get("states"), "states"),
    failed: (run.get("error") ?? null) !== null,
  };
}

function requestOf(value: PyValue): TapeRequest {
  const request = asDict(value, "a request");
  const body = request.get("b");
  return {
    method: String(request.get("m")),
    url: String(request.get("u")),
    headers: asDict(request.get("h"), "headers"),
    body: typeof body === "string" ? body : undefined,
  };
}

function asDict(value: PyValue | undefined, what: string): PyDict {
  if (isDict(value)) return value;
  throw new ConfigError("parity.tape", `${what} of a tape is no object`);
}

function asList(value: PyValue | undefined, what: string): readonly PyValue[] {
  if (Array.isArray(value)) return value;
  throw new ConfigError("parity.tape", `${what} of a tape is no list`);
}

import { fromPlain, toJson } from "../../../connectors/airbyte-manifest/jinja/json.js";
import type { PyDict } from "../../../connectors/airbyte-manifest/jinja/values/value.js";
import type { Answer } from "../../../connectors/airbyte-manifest/requests/answer.js";
import { unlimitedBudget } from "../../../connectors/airbyte-manifest/requests/api-budget.js";
import type { WireRequest } from "../../../connectors/airbyte-manifest/requests/exchange.js";
import { createResponseCache } from "../../../connectors/airbyte-manifest/requests/response-cache.js";
import type { Runtime } from "../../../connectors/airbyte-manifest/runtime.js";
import { bindTemplates } from "../../../connectors/airbyte-manifest/value/templates.js";

/** A runtime without a network: what it was asked to send and how long to wait is kept, and its clock moves by the waits. */
export interface FakeRuntime extends Runtime {
  readonly requests: WireRequest[];
  readonly waits: number[];
  /** Configs that were to be saved, as JSON. */
  readonly saved: string[];
}

export interface FakeOptions {
  readonly config?: unknown;
  readonly now?: string;
  readonly mostJobs?: number;
  /** What a request is answered; an Error is thrown. */
  readonly answer?: (request: WireRequest, count: number) => Answer | Error;
}

export function fakeRuntime({
  config = {},
  now = "2024-03-10T12:00:00Z",
  mostJobs = 1,
  answer = () => json({}),
}: FakeOptions = {}): FakeRuntime {
  const own = of(config);
  const [requests, waits, saved]: [WireRequest[], number[], string[]] = [[], [], []];
  let at = Date.parse(now);
  const clock = () => at;
  return {
    config: own,
    clock,
    templates: bindTemplates(own, clock),
    requests,
    waits,
    saved,
    exchange: async (request) => {
      requests.push(request);
      const given = answer(request, requests.length);
      if (given instanceof Error) throw given;
      return given;
    },
    pause: async (seconds) => {
      waits.push(seconds);
      at += seconds * 1000;
    },
    cache: createResponseCache(1_000_000),
    budget: unlimitedBudget,
    log: () => undefined,
    refusesRepeats: true,
    refreshing: new Map(),
    tokenPools: new Map(),
    mostJobs,
    jobsAhead: 1,
    onConfigChanged: async () => void saved.push(toJson(own)),
  };
}

export function of(value: unknown): PyDict {
  return fromPlain(value) as PyDict;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return bytes(Buffer.from(JSON.stringify(body)), status, headers);
}

export function bytes(body: Uint8Array, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: new Map(Object.entries(headers)), url: "https://api.test/", body };
}

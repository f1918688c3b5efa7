import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectorContext, Log } from "../../../sdk/context.js";
import { TransientError } from "../../../sdk/errors.js";
import { addressGuard } from "../../../sdk/http/address-guard.js";
import { readBody, readStart } from "../../../sdk/http/read-body.js";
import { openTransport, type Transport } from "../../../sdk/http/transport.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Component } from "../load/fields.js";
import type { Answer } from "../requests/answer.js";
import { type ApiBudget, createApiBudget } from "../requests/api-budget.js";
import type { Exchange } from "../requests/exchange.js";
import { longBody } from "../requests/long-answer.js";
import { wholeBodyBytes } from "../requests/long-form.js";
import { isGzip } from "../requests/long-list.js";
import { createResponseCache, type ResponseCache } from "../requests/response-cache.js";
import { mostJobs as mostJobsOf } from "../retrieve/async/most-jobs.js";
import type { Runtime } from "../runtime.js";
import { bindTemplates } from "../value/templates.js";

export interface RuntimeOptions {
  readonly manifest: Component;
  /** As the manifest's own rules have changed it. */
  readonly config: PyDict;
  readonly context: ConnectorContext;
  readonly privateHosts: readonly string[];
  readonly log: Log;
  readonly onConfigChanged: () => Promise<void>;
}

/** What reads of a manifest share: connections, answers, the API's budget. */
export interface RuntimeSource {
  /** The runtime of one read, which ends when `signal` does. */
  runtime(signal: AbortSignal): Runtime;
  /** The most bytes that one answer may have or unpack to. */
  readonly maxBytes: number;
  close(): void;
}

const silenceMs = 300_000;
const leastBodyBytes = 16 * 1024 * 1024;

export function openRuntime(options: RuntimeOptions): RuntimeSource {
  const { manifest, config, context, log, onConfigChanged } = options;
  const guard = addressGuard({ allowedHosts: options.privateHosts });
  const tap = context.tapHttp ?? ((transport: Transport) => transport);
  const transport = tap(openTransport({ guard, userAgent: "sluice", silenceMs }));
  const maxBytes = Math.max(leastBodyBytes, context.memoryBytes);
  const cache: ResponseCache = createResponseCache(Math.floor(context.memoryBytes / 8));
  const clock = Date.now;
  const templates = bindTemplates(config, clock);
  const refreshing = new Map<string, Promise<void>>();
  const tokenPools: Runtime["tokenPools"] = new Map();
  let budget: ApiBudget | undefined;

  return {
    maxBytes,
    close: () => transport.close(),
    runtime(own) {
      const signal = AbortSignal.any([own, context.signal]);
      const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal });
      budget ??= createApiBudget(manifest, {
        templates,
        clock,
        pause: (seconds) => sleep(seconds * 1000, undefined, { signal: context.signal }),
      });
      const exchange = exchangeOver(transport, maxBytes, signal);
      const mostJobs = mostJobsOf(manifest, templates);
      const shared = { config, clock, templates, exchange, pause, cache, budget, log, refreshing, tokenPools };
      return { ...shared, onConfigChanged, mostJobs, jobsAhead: 1, refusesRepeats: true };
    },
  };
}

function exchangeOver(transport: Transport, maxBytes: number, signal: AbortSignal): Exchange {
  return async ({ method, url, headers, body }, form) => {
    signal.throwIfAborted();
    const raw = await transport.send(
      {
        method,
        url: new URL(url),
        headers: { accept: "*/*", ...lowerCased(headers) },
        ...(body === undefined ? {} : { body }),
      },
      signal,
    );
    const head = { status: raw.status, headers: new Map(Object.entries(raw.headers)), url: raw.url.href };
    if (form === undefined || raw.status >= 300) {
      const body = await readBody(raw, maxBytes, signal);
      refuseCut(head, body);
      return { ...head, body };
    }
    const { start, rest: following } = await readStart(raw, Math.min(wholeBodyBytes, maxBytes), signal);
    // A packed list may come to much more than it is long.
    const isWhole = following === undefined && !(form.format !== "json" && form.unpacks && isGzip(start));
    if (isWhole) {
      refuseCut(head, start);
      return { ...head, body: start };
    }
    return { ...head, body: Buffer.alloc(0), long: longBody(head, { start, following, form, maxBytes }) };
  };
}

/**
 * Refuses JSON that ends within a value: the reference takes it for an empty answer, which would end the pages.
 * @throws TransientError `http.body_cut`
 */
function refuseCut({ headers, url }: Pick<Answer, "headers" | "url">, body: Buffer): void {
  if (!/^(application|text)\/([\w.-]+\+)?json\b/i.test(headers.get("content-type") ?? "")) return;
  const [start, end] = [
    /^\s*(.)/s.exec(body.toString("latin1", 0, 100))?.[1],
    /(.)\s*$/s.exec(body.toString("latin1", Math.max(0, body.length - 100)))?.[1],
  ];
  if ((start !== "{" && start !== "[") || end === "}" || end === "]") return;
  const { host, pathname } = new URL(url);
  throw new TransientError("http.body_cut", `the answer of ${host}${pathname} breaks off after ${body.length} bytes`);
}

function lowerCased(headers: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}

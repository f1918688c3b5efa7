import type { ConnectorContext } from "../context.js";
import { addressGuard } from "./address-guard.js";
import { createExchange, type Reader } from "./exchange.js";
import { openBudget } from "./host-budget.js";
import type { CallOptions, Http, HttpOptions } from "./http.js";
import { pagesOf } from "./paginate/pages.js";
import { readBody, readStart } from "./read-body.js";
import { type HttpResponse, httpResponse } from "./response.js";
import { defaultPatienceMs } from "./retry.js";
import { openTransport, type RawResponse } from "./transport.js";
import { parseUrl } from "./wire-request.js";

/** What a client needs of the connector's context. */
export type HttpSurroundings = Pick<ConnectorContext, "log" | "signal" | "memoryBytes" | "tapHttp">;

const defaultSilenceMs = 300_000;
const leastBodyBytes = 16 * 1024 * 1024;

/**
 * Opens a client. Nothing is sent before the first request.
 * @throws ConfigError `http.invalid_url`
 */
export function createHttp(options: HttpOptions, surroundings: HttpSurroundings): Http {
  const baseUrl = parseUrl(options.baseUrl);
  const { log, signal, memoryBytes, tapHttp = (transport) => transport } = surroundings;
  const guard = addressGuard({
    ownHosts: options.strangersUrl === true ? [] : [baseUrl.hostname],
    allowedHosts: options.privateHosts ?? [],
  });
  const { silenceMs = defaultSilenceMs } = options;
  const transport = tapHttp(openTransport({ guard, userAgent: "sluice", silenceMs }));
  const budget = openBudget(options.rate ?? {}, options.retry?.patienceMs ?? defaultPatienceMs);
  const defaults = { baseUrl, headers: options.headers ?? {}, query: options.query ?? {} };
  const exchange = createExchange({ options, defaults, transport, budget, log, signal });
  const maxBytes = options.maxBodyBytes ?? Math.max(leastBodyBytes, memoryBytes);

  function whole<T>(read: (response: HttpResponse) => T | Promise<T>, wholeBytes?: number): Reader<T> {
    // Whoever judges answers by their bodies sees them whole.
    const isWhole = ({ status }: RawResponse) =>
      wholeBytes === undefined || status >= 300 || options.judge !== undefined;
    return {
      async judged(raw, signal) {
        if (isWhole(raw)) return httpResponse(raw, await readBody(raw, maxBytes, signal));
        const { start, rest } = await readStart(raw, wholeBytes!, signal);
        return httpResponse(raw, start, rest && { chunks: rest, mostBytes: maxBytes });
      },
      read,
    };
  }

  function json<Body>(): Reader<Body> {
    return whole((response) => response.json() as Body);
  }

  const client: Http = {
    get: <Body>(url: string, given: CallOptions = {}) =>
      exchange({ ...given, url, method: "GET" }, json<Body>(), given),
    post: <Body>(url: string, given: CallOptions = {}) =>
      exchange({ ...given, url, method: "POST" }, json<Body>(), given),
    request: (request, given) =>
      exchange(
        request,
        whole((response) => response),
        given,
      ),
    exchange: (request, read, given) => exchange(request, whole(read, given?.wholeBytes), given),
    pages: (url, given) => pagesOf(client, url, { signal, mostBytes: maxBytes, ...given }),
    async close() {
      await budget.close();
      transport.close();
    },
  };
  return client;
}

import type { ExchangeOptions } from "./exchange-options.js";
import type { Http } from "./http.js";

/** The same client for one reader: its requests end when the signal is aborted. Closing it is the owner's. */
export function bindSignal(http: Http, signal: AbortSignal): Http {
  const bound = <Options extends ExchangeOptions>(options?: Options) =>
    ({
      ...options,
      signal: options?.signal === undefined ? signal : AbortSignal.any([signal, options.signal]),
    }) as Options;
  return {
    get: (url, options) => http.get(url, bound(options)),
    post: (url, options) => http.post(url, bound(options)),
    request: (request, options) => http.request(request, bound(options)),
    exchange: (request, read, options) => http.exchange(request, read, bound(options)),
    pages: (url, options) => http.pages(url, bound(options)),
    close: async () => undefined,
  };
}

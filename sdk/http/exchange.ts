import { setMaxListeners } from "node:events";
import type { Log } from "../context.js";
import { type SluiceError, TransientError } from "../errors.js";
import { askedWaitMs } from "./asked-wait.js";
import type { Authenticator, AuthSession, Proof } from "./auth/authenticator.js";
import type { ExchangeOptions } from "./exchange-options.js";
import type { HostBudget } from "./host-budget.js";
import type { HttpOptions, Verdict } from "./http.js";
import type { HttpRequest, WireRequest } from "./request.js";
import type { HttpResponse } from "./response.js";
import { decideRetry, type Failure, tooLong, wait } from "./retry.js";
import { statusError } from "./status-error.js";
import type { RawResponse, Transport } from "./transport.js";
import { type WireDefaults, wireRequest } from "./wire-request.js";

export interface ExchangeParts {
  readonly options: HttpOptions;
  readonly defaults: WireDefaults;
  readonly transport: Transport;
  readonly budget: HostBudget;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Takes an answer in, within the attempt: what it throws as a TransientError is asked for again. */
export type TakeIn<T> = (answer: RawResponse, signal: AbortSignal) => Promise<T>;

/** Makes of a raw answer what the rules judge: the body read whole, or read no further than an error's text. */
export interface Reader<T> {
  readonly judged: TakeIn<HttpResponse>;
  readonly read: (response: HttpResponse) => T | Promise<T>;
}

export type Exchange = <T>(request: HttpRequest, reader: Reader<T>, options?: ExchangeOptions) => Promise<T>;

type Outcome<T> =
  | { readonly done: T }
  | { readonly failure: Failure; readonly error: SluiceError; readonly waitMs?: number };

/** The one place where a request is sent again: proves who asks, keeps to the host's budget, judges, waits, repeats. */
export function createExchange({
  options,
  defaults,
  transport,
  budget,
  log,
  signal: runSignal,
}: ExchangeParts): Exchange {
  async function attempt<T>(
    wire: WireRequest,
    { judged, read }: Reader<T>,
    {
      accept = [],
      auth,
      signal,
    }: Pick<ExchangeOptions, "accept"> & { auth: Authenticator | undefined; signal: AbortSignal },
  ): Promise<Outcome<T>> {
    try {
      const response = await judged(await transport.send(wire, signal), signal);
      const { status, headers } = response;
      const asked = askedWaitMs(headers, Date.now(), status === 429);
      if (asked !== undefined && asked > 0) budget.pause(wire.url.host, asked, headers);
      const verdict = options.judge?.(response) ?? usualVerdict(response, accept);
      if (verdict === "accept") return { done: await read(response) };
      if (typeof verdict === "object" && "error" in verdict) throw verdict.error;
      const error = statusError(wire.method, response, (text) => hide(text, auth));
      if (verdict === undefined) return { failure: { status, headers }, error };
      const failure: Failure = { error: new TransientError("http.retried", error.message) };
      return verdict === "retry" ? { failure, error } : { failure, error, waitMs: verdict.waitMs };
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return { failure: { error }, error };
    }
  }

  return async function exchange<T>(request: HttpRequest, reader: Reader<T>, given: ExchangeOptions = {}): Promise<T> {
    // Not joined with the run's: thousands of joined signals are as many that Node keeps.
    const { signal = runSignal } = given;
    // All requests that are under way wait for it: more than ten are no leak.
    setMaxListeners(0, signal);
    const wire = wireRequest(request, defaults);
    const { host } = wire.url;
    const auth = authFor(wire.url, given);
    const session: AuthSession = { send: (login) => exchange(login, wholeOf(reader), { auth: null, signal }), signal };
    let renewed = false;
    for (let failed = 1; ; failed++) {
      const proof = (await auth?.authenticate(request, session)) ?? {};
      const { accept = [] } = given;
      const outcome = await budget.run(host, signal, () =>
        attempt(proven(wire, proof), reader, { accept, auth, signal }),
      );
      if ("done" in outcome) return outcome.done;
      const { failure, error } = outcome;
      if (!renewed && "status" in failure && failure.status === 401 && (await auth?.refused?.(session)) === true) {
        renewed = true;
        continue;
      }
      const now = Date.now();
      const decision = decideRetry({ failure, failed, now, random: Math.random() }, options.retry);
      if (decision === "give_up") throw error;
      if (decision === "too_long") throw "headers" in failure ? tooLong(host, failure.headers, now) : error;
      const ms = outcome.waitMs ?? decision.waitMs;
      const seconds = (ms / 1000).toFixed(1);
      log(ms > 10_000 ? "info" : "debug", `${host}: ${error.message}; next attempt in ${seconds} s`, {
        attempt: failed,
      });
      await wait(ms, signal);
    }
  };

  function authFor(url: URL, { auth }: ExchangeOptions): Authenticator | undefined {
    if (auth !== undefined) return auth ?? undefined;
    return url.origin === defaults.baseUrl.origin ? options.auth : undefined;
  }
}

function wholeOf({ judged }: Reader<unknown>): Reader<HttpResponse> {
  return { judged, read: (response) => response };
}

function usualVerdict({ status }: HttpResponse, accept: readonly number[]): Verdict | undefined {
  return (status >= 200 && status < 300) || accept.includes(status) ? "accept" : undefined;
}

function proven(wire: WireRequest, { headers = {}, query = {} }: Proof): WireRequest {
  const url = new URL(wire.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...wire, url, headers: { ...wire.headers, ...Object.fromEntries(lower) } };
}

function hide(text: string, auth: Authenticator | undefined): string {
  const secrets = auth?.secrets?.() ?? [];
  return secrets.reduce((shown, secret) => (secret === "" ? shown : shown.replaceAll(secret, "[secret]")), text);
}

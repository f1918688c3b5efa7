import { ConfigError, type SluiceError, SystemError, TransientError } from "../../../sdk/errors.js";
import type { Answer } from "../requests/answer.js";
import type { WireRequest } from "../requests/exchange.js";
import type { Runtime } from "../runtime.js";
import type { ErrorHandler } from "./error-handler.js";
import { errorMessage } from "./error-message.js";
import type { Outcome, Verdict } from "./verdict.js";

export interface Sending {
  readonly request: WireRequest;
  readonly handler: ErrorHandler;
  /** Sends it once. */
  readonly once: (request: WireRequest) => Promise<Answer>;
  /** Puts fresh credentials into a request that is tried again. */
  readonly authorize: (request: WireRequest) => Promise<WireRequest>;
  /** Gets a new token, where there is one to get. */
  readonly refreshToken: () => Promise<void>;
  /** Whether what a rate limit refused can go out with another token at once. */
  readonly hasOtherToken?: (request: WireRequest) => boolean;
}

/** A taken answer (undefined where it is to be left out), or the word that the pages are to begin anew. */
export type Sent = { readonly answer: Answer | undefined } | "reset_pagination";

/** A short wait, so that a server that refuses every token is not asked without end at once. */
const otherTokenSeconds = 0.1;

/** Why a request is tried again decides how long to wait and how often: each reason counts for itself. */
type Reason = "strategy" | "rate_limit" | "default";

/**
 * Sends a request and tries again as its error handler says. Without a strategy of the manifest the waits are 1, 2, 4, …
 * seconds; a rate limit is waited for however long the whole takes, everything else at most ten minutes.
 * @throws ConfigError `manifest.request_refused` · TransientError `manifest.retries_exhausted` · SystemError `manifest.request_failed`
 */
export async function sendWithRetry(sending: Sending, runtime: Runtime): Promise<Sent> {
  const { handler } = sending;
  const started = runtime.clock();
  const tries: Record<Reason, number> = { strategy: 0, rate_limit: 0, default: 0 };
  let request = sending.request;
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) request = await sending.authorize(request);
    const outcome = await outcomeOf(sending.once(request));
    const verdict = handler.judge(outcome);
    switch (verdict.action) {
      case "reset_pagination":
        return "reset_pagination";
      case "fail":
        throw failure(request, outcome, verdict);
      case "success":
      case "ignore":
        if (verdict.action === "ignore") runtime.log("info", ignored(request, outcome, verdict));
        return { answer: "answer" in outcome ? outcome.answer : undefined };
      default:
    }
    if (verdict.action === "refresh_token") await sending.refreshToken();
    const turns = verdict.action === "rate_limited" && sending.hasOtherToken?.(request) === true;
    const asked = turns ? otherTokenSeconds : firstOpinion(handler, outcome, attempt);
    const reason: Reason =
      asked !== undefined ? "strategy" : verdict.action === "rate_limited" ? "rate_limit" : "default";
    // An inner reason starts over when an outer one tried again.
    if (reason !== "strategy") tries.strategy = 0;
    if (reason === "default") tries.rate_limit = 0;
    tries[reason] += 1;
    const elapsed = (runtime.clock() - started) / 1000;
    const late = reason !== "rate_limit" && elapsed >= handler.maxSeconds;
    if (tries[reason] > handler.maxRetries || late) throw exhausted(request, outcome, verdict);
    const wait = asked === undefined ? 2 ** (tries[reason] - 1) : asked + 1;
    const allowed = reason === "default" ? Math.min(wait, handler.maxSeconds - elapsed) : wait;
    runtime.log("info", `${request.method} ${withoutQuery(request.url)} is tried again in ${allowed} s`, {
      attempt,
      reason: verdict.message,
    });
    await runtime.pause(allowed);
  }
}

async function outcomeOf(sent: Promise<Answer>): Promise<Outcome> {
  try {
    return { answer: await sent };
  } catch (error) {
    // What the guard refuses, or a cancelled run, is nothing to try again.
    if (error instanceof ConfigError || (error instanceof Error && error.name === "AbortError")) throw error;
    return { error };
  }
}

function firstOpinion(handler: ErrorHandler, outcome: Outcome, attempt: number): number | undefined {
  for (const backoff of handler.backoffs) {
    const seconds = backoff(outcome, attempt);
    if (seconds !== undefined && seconds !== 0) return seconds;
  }
  return undefined;
}

function failure(request: WireRequest, outcome: Outcome, verdict: Verdict): SluiceError {
  const message = describe(request, outcome, verdict);
  const details = "error" in outcome ? { cause: outcome.error } : {};
  if (verdict.failure === "transient_error") return new TransientError("manifest.request_failed", message, details);
  if (verdict.failure === "system_error" && "error" in outcome)
    return new SystemError("manifest.request_failed", message, details);
  return new ConfigError("manifest.request_refused", message, details);
}

function exhausted(request: WireRequest, outcome: Outcome, verdict: Verdict): SluiceError {
  const details = "error" in outcome ? { cause: outcome.error } : {};
  return new TransientError(
    "manifest.retries_exhausted",
    `${describe(request, outcome, verdict)}, tried again in vain`,
    details,
  );
}

function ignored(request: WireRequest, outcome: Outcome, verdict: Verdict): string {
  return `${describe(request, outcome, verdict)}: left out, as the manifest says`;
}

function describe({ method, url }: WireRequest, outcome: Outcome, { message }: Verdict): string {
  const said = "answer" in outcome ? errorMessage(outcome.answer) : undefined;
  const parts = [message, said === undefined || said === "" ? undefined : `the server says: ${said.slice(0, 500)}`];
  const status = "answer" in outcome ? `HTTP ${outcome.answer.status}` : "no answer";
  return [`${method} ${withoutQuery(url)}: ${status}`, ...parts.filter((part) => part !== undefined)].join(". ");
}

/** Parameters may hold a key. */
function withoutQuery(url: string): string {
  return url.split("?")[0] as string;
}

import type { Answer } from "../requests/answer.js";

/** What to do after a request: take the answer, leave it out, try again, give up, or begin the pages anew. */
export type Action = "success" | "ignore" | "retry" | "rate_limited" | "refresh_token" | "fail" | "reset_pagination";

/** Who must act when it fails for good, in the manifest's words. */
export type Failure = "config_error" | "transient_error" | "system_error";

export interface Verdict {
  readonly action: Action;
  readonly failure: Failure;
  readonly message: string | undefined;
}

/** How a request ended. */
export type Outcome = { readonly answer: Answer } | { readonly error: unknown };

export const actions: Readonly<Record<string, Action>> = {
  SUCCESS: "success",
  IGNORE: "ignore",
  RETRY: "retry",
  RATE_LIMITED: "rate_limited",
  REFRESH_TOKEN_THEN_RETRY: "refresh_token",
  FAIL: "fail",
  RESET_PAGINATION: "reset_pagination",
};

export const success: Verdict = { action: "success", failure: "system_error", message: undefined };

/** The verdict by status where the manifest says nothing; undefined for a status nobody has thought of. */
export function statusVerdict(status: number): Verdict | undefined {
  const known = statuses[status];
  if (known === undefined) return undefined;
  const [action, failure, reason] = known;
  return { action, failure, message: `HTTP ${status}: ${reason}` };
}

const statuses: Readonly<Record<number, readonly [Action, Failure, string]>> = {
  400: ["fail", "system_error", "the request is malformed"],
  401: ["fail", "config_error", "the credentials are not accepted"],
  403: ["fail", "config_error", "the credentials do not allow this"],
  404: ["fail", "system_error", "there is nothing at this URL"],
  405: ["fail", "system_error", "the method is not allowed"],
  408: ["retry", "transient_error", "the server timed out"],
  429: ["rate_limited", "transient_error", "too many requests"],
  500: ["retry", "transient_error", "the server failed"],
  502: ["retry", "transient_error", "the gateway failed"],
  503: ["retry", "transient_error", "the service is not available"],
  504: ["retry", "transient_error", "the gateway timed out"],
};

/** Where nothing says what an outcome means, it is tried again. */
export function fallbackVerdict(outcome: Outcome): Verdict {
  const message = "answer" in outcome ? `HTTP ${outcome.answer.status}` : messageOf(outcome.error);
  return { action: "retry", failure: "answer" in outcome ? "system_error" : "transient_error", message };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { ConfigError } from "../../../sdk/errors.js";
import { headersValue } from "../jinja/context.js";
import { pyDict } from "../jinja/values/dict.js";
import { type Component, parametersOf, text, texts } from "../load/fields.js";
import { type Answer, bodyJson } from "../requests/answer.js";
import type { Runtime } from "../runtime.js";
import { errorMessage } from "./error-message.js";
import { actions, type Failure, type Outcome, statusVerdict, type Verdict } from "./verdict.js";

/** One HttpResponseFilter: the verdict where it matches. */
export type ResponseFilter = (outcome: Outcome) => Verdict | undefined;

const failures: readonly Failure[] = ["config_error", "transient_error", "system_error"];

/** @throws ConfigError `manifest.response_filter` for an unknown action */
export function createResponseFilter(component: Component, { templates }: Runtime): ResponseFilter {
  const parameters = parametersOf(component);
  const named = text(component, "action");
  const action = named === undefined ? undefined : actions[named];
  if (named !== undefined && action === undefined) {
    throw new ConfigError(
      "manifest.response_filter",
      `a response filter of the manifest has the unknown action '${named}'`,
    );
  }
  const codes = new Set((texts(component, "http_codes") ?? []).map(Number));
  const predicate = text(component, "predicate") ?? "";
  const contains = text(component, "error_message_contains") ?? "";
  const failure = failures.find((known) => known === text(component, "failure_type"));
  const message = text(component, "error_message") ?? "";

  function matches(answer: Answer): boolean {
    if (codes.has(answer.status)) return true;
    // A predicate sees no config: it judges the answer alone.
    if (predicate !== "" && templates.truth(predicate, parameters, { ...answerContext(answer), config: null }))
      return true;
    return contains !== "" && (errorMessage(answer)?.includes(contains) ?? false);
  }

  return (outcome) => {
    if (action === undefined || !("answer" in outcome) || !matches(outcome.answer)) return undefined;
    const byStatus = statusVerdict(outcome.answer.status);
    const own = message === "" ? "" : templates.text(message, parameters, answerContext(outcome.answer));
    return {
      action,
      failure: action === "fail" && failure !== undefined ? failure : (byStatus?.failure ?? "system_error"),
      message: own === "" ? byStatus?.message : own,
    };
  };
}

function answerContext(answer: Answer) {
  return { response: bodyJson(answer) ?? pyDict(), headers: headersValue(answer.headers) };
}

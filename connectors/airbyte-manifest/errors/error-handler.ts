import { ConfigError } from "../../../sdk/errors.js";
import { type Component, children, parametersOf, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Runtime } from "../runtime.js";
import { type Backoff, createBackoff } from "./backoff.js";
import { createResponseFilter, type ResponseFilter } from "./response-filter.js";
import { fallbackVerdict, type Outcome, statusVerdict, success, type Verdict } from "./verdict.js";

/** How a requester deals with what goes wrong. */
export interface ErrorHandler {
  judge(outcome: Outcome): Verdict;
  /** Whether it looks into the bodies of answers. */
  readonly readsBody: boolean;
  readonly maxRetries: number;
  readonly maxSeconds: number;
  /** The first that has an opinion decides the wait. */
  readonly backoffs: readonly Backoff[];
}

/** A DefaultErrorHandler or CompositeErrorHandler; the default one where the manifest has none. */
export function createErrorHandler(component: Component | undefined, runtime: Runtime): ErrorHandler {
  if (component === undefined) return simple({ filters: [], backoffs: [], retries: 5, readsBody: false });
  switch (typeOf(component)) {
    case "DefaultErrorHandler":
      return simple({
        filters: children(component, "response_filters").map((filter) => createResponseFilter(filter, runtime)),
        backoffs: children(component, "backoff_strategies").map((strategy) => createBackoff(strategy, runtime)),
        retries: maxRetries(component, runtime),
        readsBody: children(component, "response_filters").some(readsBody),
      });
    case "CompositeErrorHandler":
      return composite(children(component, "error_handlers").map((handler) => createErrorHandler(handler, runtime)));
    default:
      return refuseCustom(component, "an error handler");
  }
}

interface Simple {
  readonly filters: readonly ResponseFilter[];
  readonly backoffs: readonly Backoff[];
  readonly retries: number;
  readonly readsBody: boolean;
}

function readsBody(filter: Component): boolean {
  return ["predicate", "error_message_contains", "error_message"].some((name) => (text(filter, name) ?? "") !== "");
}

function simple({ filters, backoffs, retries, readsBody }: Simple): ErrorHandler {
  return {
    readsBody,
    maxRetries: retries,
    maxSeconds: 600,
    backoffs,
    judge(outcome) {
      for (const filter of filters) {
        const verdict = filter(outcome);
        if (verdict !== undefined) return verdict;
      }
      if (!("answer" in outcome)) return fallbackVerdict(outcome);
      const { status } = outcome.answer;
      return status < 400 ? success : (statusVerdict(status) ?? fallbackVerdict(outcome));
    },
  };
}

/**
 * Asks handler after handler. Only a verdict that goes on with the read, or tries again, ends the asking: a refusal of
 * one handler is overruled by the last one's word.
 */
function composite(handlers: readonly ErrorHandler[]): ErrorHandler {
  const [first] = handlers;
  if (first === undefined) {
    throw new ConfigError("manifest.error_handler", "a CompositeErrorHandler of the manifest has no error_handlers");
  }
  const final = new Set(["success", "retry", "ignore", "reset_pagination"]);
  return {
    readsBody: handlers.some((handler) => handler.readsBody),
    maxRetries: first.maxRetries,
    maxSeconds: Math.max(...handlers.map(({ maxSeconds }) => maxSeconds)),
    backoffs: handlers.flatMap(({ backoffs }) => backoffs),
    judge(outcome) {
      let verdict = first.judge(outcome);
      for (const handler of handlers.slice(1)) {
        if (final.has(verdict.action)) break;
        verdict = handler.judge(outcome);
      }
      return verdict;
    },
  };
}

function maxRetries(component: Component, { templates }: Runtime): number {
  const template = text(component, "max_retries");
  if (template === undefined) return 5;
  const value = Number(templates.text(template, parametersOf(component)));
  if (Number.isSafeInteger(value)) return Math.max(0, value);
  throw new ConfigError(
    "manifest.field",
    "'max_retries' of a DefaultErrorHandler in the manifest is not a whole number",
  );
}

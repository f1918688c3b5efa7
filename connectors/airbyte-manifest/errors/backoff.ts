import { ConfigError, TransientError } from "../../../sdk/errors.js";
import { startMatching } from "../jinja/regex/find.js";
import { str } from "../jinja/values/text.js";
import { type Component, number, parametersOf, requiredText, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Runtime } from "../runtime.js";
import type { Outcome } from "./verdict.js";

/** Seconds to wait before attempt `attempt` (1 = the second request); undefined where it has no opinion. */
export type Backoff = (outcome: Outcome, attempt: number) => number | undefined;

/** One back-off strategy of the manifest. @throws ConfigError `manifest.not_runnable`, `manifest.unknown_type` */
export function createBackoff(component: Component, runtime: Runtime): Backoff {
  switch (typeOf(component)) {
    case "ConstantBackoffStrategy":
      return constant(component, runtime);
    case "ExponentialBackoffStrategy":
      return exponential(component, runtime);
    case "WaitTimeFromHeader":
      return waitTime(component, runtime);
    case "WaitUntilTimeFromHeader":
      return waitUntil(component, runtime);
    default:
      return refuseCustom(component, "a back-off strategy");
  }
}

function constant(component: Component, runtime: Runtime): Backoff {
  const jittered = jitter(component);
  return () => jittered(seconds(component, "backoff_time_in_seconds", runtime) ?? 0);
}

function exponential(component: Component, runtime: Runtime): Backoff {
  const jittered = jitter(component);
  return (_, attempt) => jittered((seconds(component, "factor", runtime) || 5) * 2 ** attempt);
}

function waitTime(component: Component, runtime: Runtime): Backoff {
  return (outcome) => {
    const wait = headerNumber(component, outcome, runtime);
    return wait === undefined ? undefined : capped(component, wait, runtime);
  };
}

function waitUntil(component: Component, runtime: Runtime): Backoff {
  return (outcome) => {
    const least = seconds(component, "min_wait", runtime);
    const until = headerNumber(component, outcome, runtime);
    if (until === undefined || until === 0) return least ? capped(component, least, runtime) : undefined;
    const wait = until - runtime.clock() / 1000;
    if (least) return capped(component, Math.max(wait, least), runtime);
    return wait < 0 ? undefined : capped(component, wait, runtime);
  };
}

/** Jitter only ever lengthens a wait: a shorter one would break what the server asked for. */
function jitter(component: Component): (wait: number) => number {
  const range = number(component, "jitter_range_in_seconds");
  return (wait) => (range === undefined ? wait : wait + Math.random() * range * 2);
}

function seconds(component: Component, name: string, { templates }: Runtime): number | undefined {
  const template = text(component, name);
  if (template === undefined) return undefined;
  const value = Number(templates.text(template, parametersOf(component)));
  if (Number.isFinite(value)) return value;
  throw new ConfigError(
    "manifest.field",
    `'${name}' of a ${typeOf(component)} in the manifest does not come to a number`,
  );
}

function headerNumber(component: Component, outcome: Outcome, { templates }: Runtime): number | undefined {
  const parameters = parametersOf(component);
  const name = templates.text(requiredText(component, "header"), parameters).toLowerCase();
  const header = "answer" in outcome ? outcome.answer.headers.get(name) : undefined;
  if (header === undefined || header === "") return undefined;
  const pattern = text(component, "regex");
  const found =
    pattern === undefined ? header : (matchAtStart(str(templates.value(pattern, parameters)), header) ?? header);
  const value = Number(found);
  return found.trim() === "" || Number.isNaN(value) ? undefined : value;
}

/** @throws ConfigError `manifest.regex` */
function matchAtStart(pattern: string, text: string): string | undefined {
  try {
    // Only the beginning of a header is looked at, whatever a server sends.
    return startMatching(pattern, text.slice(0, 200));
  } catch (cause) {
    throw new ConfigError("manifest.regex", `the manifest has the malformed pattern '${pattern}'`, { cause });
  }
}

function capped(component: Component, wait: number, runtime: Runtime): number {
  const most = seconds(component, "max_waiting_time_in_seconds", runtime);
  if (most === undefined || wait < most) return wait;
  throw new TransientError(
    "manifest.rate_limited",
    `the server asks for a wait of ${wait} s, and the manifest allows ${most} s`,
    {
      hint: "run again later",
    },
  );
}

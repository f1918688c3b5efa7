import { ConfigError } from "../../../sdk/errors.js";
import type { Decoder } from "../decode/decoder.js";
import { headersValue } from "../jinja/context.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, field, flag, parametersOf, requiredText, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Answer } from "../requests/answer.js";
import type { Runtime } from "../runtime.js";
import { parsedLinks } from "./links.js";
import type { Page } from "./paginator.js";

/** How the next page is found. */
export interface PageStrategy {
  readonly firstToken: PyValue | undefined;
  next(page: Page): PyValue | undefined;
  /** The page size as the requests are told it; undefined where there is none. */
  size(): PyValue | undefined;
}

export interface StrategyOptions {
  readonly runtime: Runtime;
  readonly decoder: Decoder;
}

/** @throws ConfigError `manifest.not_runnable` for one written in Python */
export function createPageStrategy(component: Component, options: StrategyOptions): PageStrategy {
  switch (typeOf(component)) {
    case "CursorPagination":
      return cursorPagination(component, options);
    case "PageIncrement":
      return pageIncrement(component, options);
    case "OffsetIncrement":
      return offsetIncrement(component, options);
    default:
      return refuseCustom(component, "a pagination strategy");
  }
}

function cursorPagination(component: Component, { runtime, decoder }: StrategyOptions): PageStrategy {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const stop = text(component, "stop_condition");
  const value = requiredText(component, "cursor_value");
  const size = fixedSize(component, runtime);
  return {
    firstToken: undefined,
    size: () => size,
    next({ answer, size: lastPageSize, lastRecord }) {
      const context = {
        response: decoded(decoder, answer),
        headers: headersValue([...answer.headers, ["link", parsedLinks(answer.headers.get("link"))]]),
        last_record: lastRecord ?? null,
        last_page_size: BigInt(lastPageSize),
      };
      if (stop !== undefined && templates.truth(stop, parameters, context)) return undefined;
      const token = templates.value(value, parameters, context);
      return isTruthy(token) ? token : undefined;
    },
  };
}

function pageIncrement(component: Component, { runtime }: StrategyOptions): PageStrategy {
  const size = fixedSize(component, runtime);
  const first = BigInt(text(component, "start_from_page") ?? "0");
  return {
    firstToken: flag(component, "inject_on_first_request") ? first : undefined,
    size: () => size,
    next({ extracted: count, token }) {
      if (count === 0 || (isTruthy(size ?? null) && BigInt(count) < BigInt(size as bigint))) return undefined;
      const next = token === undefined ? first + 1n : wholeToken(token) + 1n;
      return next === 0n ? undefined : next;
    },
  };
}

function offsetIncrement(component: Component, { runtime, decoder }: StrategyOptions): PageStrategy {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const template = text(component, "page_size") ?? "";
  return {
    firstToken: flag(component, "inject_on_first_request") ? 0n : undefined,
    size: () => (template === "" ? undefined : wholeSize(templates.value(template, parameters))),
    next({ answer, extracted: count, token }) {
      if (count === 0) return undefined;
      if (template !== "") {
        const size = templates.value(template, parameters, { response: decoded(decoder, answer) });
        if (BigInt(count) < wholeSize(size)) return undefined;
      }
      return (token === undefined ? 0n : wholeToken(token)) + BigInt(count);
    },
  };
}

/** A page size that is evaluated once. */
function fixedSize(component: Component, { templates }: Runtime): bigint | undefined {
  const template = field(component, "page_size");
  return template === undefined ? undefined : wholeSize(templates.value(str(template), parametersOf(component)));
}

function wholeSize(value: PyValue): bigint {
  if (typeof value === "bigint") return value;
  throw new ConfigError(
    "manifest.page_size",
    `a page_size of the manifest comes to ${str(value)}, which is no whole number`,
  );
}

function wholeToken(token: PyValue): bigint {
  return typeof token === "bigint" ? token : wholeSize(token);
}

function decoded(decoder: Decoder, answer: Answer): PyValue {
  if (!decoder.isPaged) return pyDict();
  for (const value of decoder.decode(answer)) return value;
  return pyDict();
}

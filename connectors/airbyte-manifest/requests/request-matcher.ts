import { isFoundIn } from "../jinja/regex/find.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { type Component, field, object, text } from "../load/fields.js";
import type { Templates } from "../value/templates.js";
import type { WireRequest } from "./exchange.js";

/** An HttpRequestRegexMatcher: which requests a limit is about. */
export interface RequestMatcher {
  matches(request: WireRequest): boolean;
  /** How many calls such a request counts as. */
  readonly weight: number;
}

export function createRequestMatcher(component: Component, templates: Templates): RequestMatcher {
  const method = text(component, "method")?.toUpperCase();
  const base = text(component, "url_base")?.replace(/\/+$/, "");
  const pattern = text(component, "url_path_pattern");
  const parameters = [...(object(component, "params") ?? [])].map(([name, value]) => [str(name), str(value)] as const);
  const headers = [...(object(component, "headers") ?? [])].map(
    ([name, value]) => [str(name).toLowerCase(), str(value)] as const,
  );
  const weight = Number(templates.text(str(field(component, "weight") ?? 1n), pyDict()));
  return {
    weight: Number.isSafeInteger(weight) && weight > 0 ? weight : 1,
    matches(request) {
      const url = new URL(request.url);
      if (method !== undefined && request.method !== method) return false;
      if (base !== undefined && url.origin !== base) return false;
      if (pattern !== undefined && !isFoundIn(pattern, url.pathname.slice(0, 2000).replace(/\/+$/, ""))) return false;
      if (!parameters.every(([name, value]) => url.searchParams.getAll(name).at(-1) === value)) return false;
      const own = new Map([...request.headers].map(([name, value]) => [name.toLowerCase(), value]));
      return headers.every(([name, value]) => own.get(name) === value);
    },
  };
}

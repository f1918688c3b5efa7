import { type Authenticator, noAuth } from "../auth/authenticator.js";
import { createErrorHandler } from "../errors/error-handler.js";
import { type Sent, sendWithRetry } from "../errors/send-with-retry.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, flag, parametersOf, text } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { type Slice, sliceContext } from "../slices/slice.js";
import type { Answer } from "./answer.js";
import type { WireRequest } from "./exchange.js";
import { joinUrl } from "./join-url.js";
import type { LongForm } from "./long-form.js";
import { mergeObjects, mergeOptions, type Options } from "./merge-options.js";
import { prepare, withHeader } from "./prepare.js";
import { createRequestInputs } from "./request-inputs.js";
import type { OptionPlace } from "./request-option.js";

/** What one request is made of beside what the requester itself puts into it. */
export interface Call {
  readonly slice?: Slice | undefined;
  readonly nextPageToken?: PyValue | undefined;
  /** In place of the requester's own path: a whole URL or a path. */
  readonly path?: string | undefined;
  readonly extra?: ((place: OptionPlace) => Options) | undefined;
}

/** An HttpRequester. */
export interface Requester {
  send(call: Call): Promise<Sent>;
  /** The base URL by itself. */
  readonly baseUrl: () => string;
}

export interface RequesterOptions {
  readonly authenticator?: Authenticator | undefined;
  readonly useCache?: boolean;
  /** How the records can be taken out of a long answer while it comes, if they can. */
  readonly longForm?: (() => LongForm | undefined) | undefined;
  /** The parameter that takes the slice's query properties. */
  readonly propertiesKey?: string | undefined;
}

export function createRequester(component: Component, runtime: Runtime, options: RequesterOptions = {}): Requester {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const authenticator = options.authenticator ?? noAuth;
  const inputs = createRequestInputs(component, templates, options.propertiesKey);
  const handler = createErrorHandler(child(component, "error_handler"), runtime);
  const method = (text(component, "http_method") ?? "GET").toUpperCase();
  const useCache = flag(component, "use_cache") || options.useCache === true;

  function evaluated(field: string, { slice, nextPageToken }: Call): string {
    const template = text(component, field) ?? "";
    return template === "" ? "" : templates.text(template, parameters, sliceContext(slice, nextPageToken));
  }

  function urlOf(call: Call): string {
    const url = evaluated("url", call);
    const base = evaluated("url_base", call);
    const path = call.path !== undefined && call.path !== "" ? call.path : evaluated("path", call).replace(/^\/+/, "");
    if (base !== "") return joinUrl(base, path);
    return path === "" ? url : joinUrl(url, path);
  }

  async function request(call: Call): Promise<WireRequest> {
    const own = (place: OptionPlace) => inputs.options(place, call.slice, call.nextPageToken);
    const extra = (place: OptionPlace) => call.extra?.(place);
    const url = urlOf(call);
    const signed = await authenticator.header();
    const header: Options = signed === undefined ? undefined : headerDict(signed);
    const headers = mergeObjects([own("header"), header, extra("header")]);
    const query = mergeObjects([
      own("request_parameter"),
      await authenticator.options("request_parameter"),
      extra("request_parameter"),
    ]);
    const bodyJson = mergeObjects(
      [own("body_json"), await authenticator.options("body_json"), extra("body_json")],
      true,
    );
    const bodyData = mergeOptions([own("body_data"), await authenticator.options("body_data"), extra("body_data")]);
    const prepared = prepare({ method, url, headers, parameters: query, bodyJson, bodyData });
    return authorized(prepared);
  }

  async function authorized(wire: WireRequest): Promise<WireRequest> {
    const signed = withHeader(wire, await authenticator.header());
    return authenticator.sign === undefined ? signed : authenticator.sign(signed);
  }

  /** A list by itself says nothing to who judges an answer by its JSON: it may come in parts nevertheless. */
  function longForm(): LongForm | undefined {
    const form = options.longForm?.();
    return form?.format === "json" && handler.readsBody ? undefined : form;
  }

  async function once(wire: WireRequest): Promise<Answer> {
    const kept = useCache ? runtime.cache.find(wire) : undefined;
    if (kept !== undefined) return kept;
    await runtime.budget.acquire(wire);
    const answer = await runtime.exchange(wire, longForm());
    runtime.budget.observe(wire, answer);
    authenticator.observe?.(wire, answer);
    if (useCache && answer.long === undefined) runtime.cache.keep(wire, answer);
    return answer;
  }

  return {
    async send(call) {
      return sendWithRetry(
        {
          request: await request(call),
          handler,
          once,
          authorize: authorized,
          refreshToken: async () => authenticator.refresh?.(),
          hasOtherToken: (wire) => authenticator.hasOther?.(wire) === true,
        },
        runtime,
      );
    },
    baseUrl: () => evaluated("url", {}) || evaluated("url_base", {}),
  };
}

function headerDict([name, value]: readonly [string, string]): PyDict {
  return pyDict([[name, value]]);
}

import { ConfigError } from "../errors.js";
import type { Json } from "../json.js";
import type { Headers, HttpRequest, Query, WireRequest } from "./request.js";

export interface WireDefaults {
  readonly baseUrl: URL;
  readonly headers: Headers;
  readonly query: Query;
}

/**
 * The request as it goes over the wire. A relative URL is put behind the base URL's path, whatever slashes stand
 * between; a query replaces what the URL has of the same names.
 * @throws ConfigError `http.invalid_url`, `http.query_value`
 */
export function wireRequest(request: HttpRequest, defaults: WireDefaults): WireRequest {
  const url = resolveUrl(request.url, defaults.baseUrl);
  addQuery(url, { ...(url.origin === defaults.baseUrl.origin ? defaults.query : {}), ...request.query });
  const headers: Record<string, string> = { accept: "application/json", ...lowerCased(defaults.headers) };
  const { body, type } = bodyOf(request);
  if (type !== undefined) headers["content-type"] = type;
  Object.assign(headers, lowerCased(request.headers ?? {}));
  return { method: request.method ?? "GET", url, headers, ...(body === undefined ? {} : { body }) };
}

/** @throws ConfigError `http.invalid_url` */
export function parseUrl(text: string): URL {
  const url = URL.parse?.(text) ?? parsed(text);
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new ConfigError("http.invalid_url", `'${text.split("?")[0]}' is not an http or https URL`, {
    hint: "write it whole: https://host/path",
  });
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function resolveUrl(text: string, base: URL): URL {
  if (/^https?:\/\//i.test(text)) return parseUrl(text);
  const [path = "", query] = text.split(/\?(.*)/s);
  const url = new URL(base);
  const joined = path === "" ? url.pathname : `${url.pathname.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
  url.pathname = joined;
  if (query !== undefined) url.search = query;
  return url;
}

/** The parameters of a query by name and text. */
export function queryPairs(query: Query): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    const values: readonly Json[] = Array.isArray(value) ? value : [value as Json];
    return values.map((one): [string, string] => {
      if (one !== null && typeof one === "object") {
        const message = `the query parameter '${name}' is ${Array.isArray(one) ? "a list of lists" : "an object"}`;
        throw new ConfigError("http.query_value", message, { hint: "give text, a number, true or false, or a list" });
      }
      return [name, String(one)];
    });
  });
}

function addQuery(url: URL, query: Query): void {
  const pairs = queryPairs(query);
  if (pairs.length === 0) return;
  for (const [name] of pairs) url.searchParams.delete(name);
  for (const [name, value] of pairs) url.searchParams.append(name, value);
}

function bodyOf({ json, form, body }: HttpRequest): { body?: string | Uint8Array; type?: string } {
  if (json !== undefined) return { body: JSON.stringify(json), type: "application/json" };
  if (form !== undefined) {
    return { body: new URLSearchParams(queryPairs(form)).toString(), type: "application/x-www-form-urlencoded" };
  }
  return body === undefined ? {} : { body };
}

function lowerCased(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

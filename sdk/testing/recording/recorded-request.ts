import type { WireRequest } from "../../http/request.js";
import type { RecordedRequest } from "./recording.js";

/** A request as it is recorded; `hide` takes the secrets out of every part of it. */
export function recordedRequest(
  { method, url, body }: Pick<WireRequest, "method" | "url" | "body">,
  hide: (text: string) => string = (text) => text,
): RecordedRequest {
  const names = [...new Set(url.searchParams.keys())].sort();
  const query = Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name).map(hide)]));
  const text = typeof body === "object" ? Buffer.from(body).toString() : body;
  return {
    method,
    url: hide(`${url.origin}${url.pathname}`),
    ...(names.length > 0 && { query }),
    ...(text !== undefined && text !== "" && { body: hide(text) }),
  };
}

/** Two requests are the same where their keys are: the order of parameters and of a JSON object's members says nothing. */
export function requestKey({ method, url, query = {}, body = "" }: RecordedRequest): string {
  const pairs = Object.entries(query).map(([name, values]) => [name, [...values].sort()] as const);
  return JSON.stringify([method, url, pairs.sort(([a], [b]) => (a < b ? -1 : 1)), bodyKey(body)]);
}

function bodyKey(body: string): unknown {
  try {
    return ordered(JSON.parse(body));
  } catch {
    return /^[^\s=&]+=[^\s]*$/.test(body) ? body.split("&").sort().join("&") : body;
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, ordered(member)]);
}

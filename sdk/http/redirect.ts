import type { Headers, WireRequest } from "./request.js";
import { parseUrl } from "./wire-request.js";

const redirects = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return redirects.has(status);
}

/** Headers that say nothing of who asks: all that another server is told. */
const harmless = new Set(["accept", "accept-language", "content-type", "user-agent"]);

/**
 * The request that a redirect asks for (RFC 9110, 15.4). Another server than the one asked gets no credentials: neither
 * headers nor what the query of the first URL held.
 */
export function followed(request: WireRequest, status: number, location: string): WireRequest {
  const url = parseUrl(new URL(location, request.url).href);
  const turnsToGet = (status === 303 && request.method !== "HEAD") || (status < 303 && request.method === "POST");
  const kept = url.origin === request.url.origin ? request.headers : only(request.headers, harmless);
  if (turnsToGet) return { method: "GET", url, headers: without(kept, "content-type") };
  return { ...request, url, headers: kept };
}

function only(headers: Headers, names: ReadonlySet<string>): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.has(name)));
}

function without(headers: Headers, name: string): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}

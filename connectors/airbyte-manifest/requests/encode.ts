import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

/** Parameters as Python's `urlencode` writes them: spaces as `+`, lists as repeated names, `None` left out. */
export function encodePairs(parameters: PyDict): string {
  const pairs: string[] = [];
  for (const [name, value] of parameters) {
    for (const one of valuesOf(value)) {
      if (one !== null) pairs.push(`${quotePlus(str(name))}=${quotePlus(str(one))}`);
    }
  }
  return pairs.join("&");
}

function valuesOf(value: PyValue): readonly PyValue[] {
  if (Array.isArray(value)) return value;
  if (isDict(value)) return [...value.keys()];
  if (typeof value === "object" && value !== null && value.kind === "tuple") return value.items;
  return [value];
}

function quotePlus(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}

/** A URL with parameters behind what it has, everything that may not stand in a URL percent-encoded, nothing encoded twice. */
export function completeUrl(url: string, parameters: PyDict): string {
  const trimmed = url.trimStart();
  const [, scheme = "", host = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(trimmed) ?? [];
  if (scheme === "") return trimmed;
  const [beforeHash = "", ...hash] = rest.split("#");
  const [path = "", ...query] = beforeHash.split("?");
  const added = encodePairs(parameters);
  const queries = [encodedPart(query.join("?")), added].filter((part) => part !== "").join("&");
  const fragment = hash.length === 0 ? "" : `#${requote(encodedPart(hash.join("#")))}`;
  const tail = queries === "" ? "" : `?${requote(queries)}`;
  return `${scheme.toLowerCase()}${lowerHost(host)}${requote(encodedPart(withoutDots(path === "" ? "/" : path)))}${tail}${fragment}`;
}

function lowerHost(host: string): string {
  const at = host.lastIndexOf("@");
  return `${host.slice(0, at + 1)}${host.slice(at + 1).toLowerCase()}`;
}

/** The segments `.` and `..` taken out, as RFC 3986, 5.2.4 has it. */
function withoutDots(path: string): string {
  if (!/(^|\/)\.\.?(\/|$)/.test(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") {
      if (kept.length > 1) kept.pop();
    } else if (segment !== ".") kept.push(segment);
  }
  const joined = kept.join("/");
  return `${joined.startsWith("/") ? "" : "/"}${joined}${/\/\.\.?$/.test(path) && !joined.endsWith("/") ? "/" : ""}`;
}

/**
 * A path or a query as it is written, everything that RFC 3986 does not allow there percent-encoded, brackets too. What is
 * encoded already stays, unless one of the percent signs stands for itself: then all of them are taken so.
 */
function encodedPart(text: string): string {
  const isEncoded = !/%(?![0-9a-f]{2})/i.test(text);
  return (isEncoded ? text : text.replaceAll("%", "%25")).replaceAll(/[[\]]/g, encodeURIComponent);
}

/** Percent-encodes what is neither reserved nor unreserved; encoded unreserved characters stand as themselves. */
function requote(text: string): string {
  return text
    .replaceAll(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
    })
    .replaceAll(/%(?![0-9A-F]{2})/g, "%25")
    .replaceAll(/[^A-Za-z0-9\-._~!#$%&'()*+,/:;=?@[\]]+/g, (part) => encodeURIComponent(wellFormed(part)));
}

import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";
import { completeUrl, encodePairs } from "./encode.js";
import type { WireRequest } from "./exchange.js";
import { pythonJson } from "./python-json.js";

export interface RequestParts {
  readonly method: string;
  readonly url: string;
  readonly headers: PyDict;
  readonly parameters: PyDict;
  readonly bodyJson: PyDict;
  readonly bodyData: PyDict | string;
}

/**
 * The request as it goes over the wire. A parameter that the URL has already, with the same value, is not repeated.
 * @throws ConfigError `manifest.request_body`, `manifest.option`, `manifest.invalid_url`
 */
export function prepare({ method, url, headers, parameters, bodyJson, bodyData }: RequestParts): WireRequest {
  for (const [name, value] of parameters) {
    if (isDict(value)) {
      throw new ConfigError("manifest.option", `the request parameter '${str(name)}' comes to an object`);
    }
  }
  const wire = new Map<string, string>();
  for (const [name, value] of headers) setHeader(wire, str(name), str(value));
  const { body, type } = ["GET", "POST", "PUT", "PATCH"].includes(method) ? bodyOf(bodyJson, bodyData) : {};
  if (body !== undefined) setHeader(wire, "Content-Length", String(Buffer.byteLength(body)));
  else if (method !== "GET" && method !== "HEAD") setHeader(wire, "Content-Length", "0");
  if (type !== undefined && !hasHeader(wire, "content-type")) wire.set("Content-Type", type);
  const complete = completeUrl(url, notRepeated(url, parameters));
  if (!/^https?:\/\/[^/?#]+/i.test(complete)) {
    throw new ConfigError(
      "manifest.invalid_url",
      `the manifest comes to '${complete.split("?")[0]}', which is no http or https URL`,
      {
        hint: "check the settings that stand in its url_base",
      },
    );
  }
  return { method, url: complete, headers: wire, ...(body === undefined ? {} : { body }) };
}

/** A copy with one header set, whatever its case was before. */
export function withHeader(request: WireRequest, header: readonly [string, string] | undefined): WireRequest {
  if (header === undefined) return request;
  const headers = new Map(request.headers);
  setHeader(headers, header[0], header[1]);
  return { ...request, headers };
}

function bodyOf(json: PyDict, data: PyDict | string): { body?: string; type?: string } {
  const hasJson = json.size > 0;
  const hasData = typeof data === "string" ? data !== "" : data.size > 0;
  if (hasJson && hasData) {
    throw new ConfigError("manifest.request_body", "a request of the manifest has both a form and a JSON body");
  }
  if (hasJson) return { body: pythonJson(json), type: "application/json" };
  if (!hasData) return {};
  if (typeof data === "string") return { body: data };
  return { body: encodePairs(data), type: "application/x-www-form-urlencoded" };
}

function notRepeated(url: string, parameters: PyDict): PyDict {
  const query = url.split("#")[0]?.split("?").slice(1).join("?") ?? "";
  const present = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (value !== "" && !present.has(name)) present.set(name, value);
  }
  return pyDict([...parameters].filter(([name, value]) => present.get(str(name)) !== str(value)));
}

function setHeader(headers: Map<string, string>, name: string, value: string): void {
  for (const known of headers.keys()) {
    if (known !== name && known.toLowerCase() === name.toLowerCase()) headers.delete(known);
  }
  headers.set(name, value);
}

function hasHeader(headers: ReadonlyMap<string, string>, lowerName: string): boolean {
  return [...headers.keys()].some((name) => name.toLowerCase() === lowerName);
}

import { isUtf8 } from "node:buffer";
import { DataError, TransientError } from "../errors.js";
import { parseJson } from "../parse-json.js";
import type { Headers } from "./request.js";

/** A whole answer. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from, redirects followed. */
  readonly url: URL;
  readonly bytes: Uint8Array;
  /** The body as text, UTF-8 unless its content type names another encoding. */
  text(): string;
  /**
   * The body as JSON with every digit kept (`RawJson` where a number has more than a JavaScript number holds); undefined
   * for an empty body. Parsed once.
   * @throws TransientError `http.body_cut` · DataError `http.not_json`
   */
  json(): unknown;
}

export function httpResponse(
  { status, headers, url }: Pick<HttpResponse, "status" | "headers" | "url">,
  bytes: Buffer,
): HttpResponse {
  let parsed: { readonly value: unknown } | undefined;
  const text = () => decoded(bytes, headers);
  return {
    status,
    headers,
    url,
    bytes,
    text,
    json() {
      parsed ??= { value: jsonOf(text(), url) };
      return parsed.value;
    },
  };
}

function decoded(bytes: Buffer, headers: Headers): string {
  const encoding = /charset="?([^";\s]+)/i.exec(headers["content-type"] ?? "")?.[1]?.toLowerCase() ?? "utf-8";
  if (encoding === "utf-8" || encoding === "utf8" || encoding === "us-ascii") {
    if (isUtf8(bytes))
      return bytes[0] === 0xef && bytes[1] === 0xbb ? bytes.toString("utf8", 3) : bytes.toString("utf8");
    throw new DataError("http.encoding", "the answer has bytes that are not UTF-8", {
      hint: "the server must say in its content type what encoding it uses",
    });
  }
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

function jsonOf(text: string, { host, pathname }: URL): unknown {
  if (text.trim() === "") return undefined;
  try {
    return parseJson(text);
  } catch (cause) {
    const shown = JSON.stringify(text.slice(0, 80));
    const end = text.trimEnd().at(-1);
    // What ends within a value was cut off, and may come whole the next time; anything else is not JSON.
    if (/^\s*[[{]/.test(text) && end !== "]" && end !== "}") {
      const message = `the answer of ${host}${pathname} breaks off after ${text.length} characters`;
      throw new TransientError("http.body_cut", message, { cause });
    }
    throw new DataError("http.not_json", `the answer of ${host}${pathname} is not JSON: ${shown}`, {
      hint: "check the base URL and the path; a login page answers in HTML",
      cause,
    });
  }
}

import { isUtf8 } from "node:buffer";
import { DataError, TransientError } from "../errors.js";
import { parseJson } from "../parse-json.js";
import type { Headers } from "./request.js";

/** An answer, whole unless it has `more`. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from, redirects followed. */
  readonly url: URL;
  readonly bytes: Uint8Array;
  /** What follows `bytes` where only the beginning of a long body was read: `ExchangeOptions.wholeBytes`. */
  readonly more?: RestOfBody;
  /** The body as text, UTF-8 unless its content type names another encoding. */
  text(): string;
  /**
   * The body as JSON with every digit kept (`RawJson` where a number has more than a JavaScript number holds); undefined
   * for an empty body. Parsed once.
   * @throws TransientError `http.body_cut` · DataError `http.not_json`
   */
  json(): unknown;
}

/** A body on its way. */
export interface RestOfBody {
  /** To be read to their end or left, which ends the transfer. @throws TransientError `http.network` where it breaks off */
  readonly chunks: AsyncGenerator<Buffer>;
  /** As much as may be held at once. */
  readonly mostBytes: number;
}

export function httpResponse(
  { status, headers, url }: Pick<HttpResponse, "status" | "headers" | "url">,
  bytes: Buffer,
  more?: RestOfBody,
): HttpResponse {
  let parsed: { readonly value: unknown } | undefined;
  const text = () => decoded(bytes, headers);
  return {
    status,
    headers,
    url,
    bytes,
    ...(more === undefined ? {} : { more }),
    text,
    json() {
      parsed ??= { value: jsonOf(text(), url) };
      return parsed.value;
    },
  };
}

/** Whether a body is UTF-8, as far as its content type says. */
export function isDeclaredUtf8(headers: Headers): boolean {
  return ["utf-8", "utf8", "us-ascii"].includes(encodingOf(headers));
}

/** The encoding of a text body, as its content type says; `utf-8` where it says nothing. */
export function encodingOf(headers: Headers): string {
  return /charset="?([^";\s]+)/i.exec(headers["content-type"] ?? "")?.[1]?.toLowerCase() ?? "utf-8";
}

function decoded(bytes: Buffer, headers: Headers): string {
  if (isDeclaredUtf8(headers)) {
    if (isUtf8(bytes))
      return bytes[0] === 0xef && bytes[1] === 0xbb ? bytes.toString("utf8", 3) : bytes.toString("utf8");
    throw new DataError("http.encoding", "the answer has bytes that are not UTF-8", {
      hint: "the server must say in its content type what encoding it uses",
    });
  }
  return new TextDecoder(encodingOf(headers), { fatal: true }).decode(bytes);
}

/** @throws TransientError `http.body_cut` · DataError `http.not_json` */
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

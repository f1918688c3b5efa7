import { Readable } from "node:stream";
import { jsonText } from "../../batch/json-text.js";
import { TransientError } from "../../errors.js";
import type { WireRequest } from "../../http/request.js";
import type { RawResponse, Transport } from "../../http/transport.js";
import { parseJson } from "../../parse-json.js";
import { type FixtureAnswer, rawResponse } from "./fixture-server.js";

/** What a server does to a request in place of answering it. */
export type Fault =
  | { readonly answer: FixtureAnswer }
  | { readonly cut: true }
  | { readonly truncate: true }
  /** Changes a JSON document on its way. */
  | { readonly change: (document: unknown) => unknown };

/** One request that was sent, and when. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
}

/** Hands requests on, notes them, and does to each what `faultOf` says: by its number, counted from 0. */
export function faultyTransport(
  inner: Transport,
  sent: SentRequest[],
  faultOf: (number: number, request: SentRequest) => Fault | undefined,
): Transport {
  return {
    async send(request, signal) {
      const noted = { method: request.method, url: request.url.href, at: performance.now() };
      sent.push(noted);
      const fault = faultOf(sent.length - 1, noted);
      if (fault === undefined) return inner.send(request, signal);
      return "answer" in fault ? rawResponse(request.url, fault.answer) : damaged(inner, request, signal, fault);
    },
    close: () => inner.close(),
  };
}

async function damaged(
  inner: Transport,
  request: WireRequest,
  signal: AbortSignal,
  fault: Exclude<Fault, { readonly answer: FixtureAnswer }>,
): Promise<RawResponse> {
  if ("cut" in fault) throw new TransientError("http.network", `${request.url.origin}: the connection was cut`);
  const response = await inner.send(request, signal);
  const text = await textOf(response);
  if ("truncate" in fault) return withBody(response, text.slice(0, Math.floor(text.length / 2)));
  try {
    return withBody(response, jsonText(fault.change(parseJson(text))));
  } catch {
    return withBody(response, text);
  }
}

async function textOf({ body }: RawResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function withBody(response: RawResponse, text: string): RawResponse {
  const { "content-length": _, ...headers } = response.headers;
  return { ...response, headers, body: Readable.from([Buffer.from(text)]) };
}

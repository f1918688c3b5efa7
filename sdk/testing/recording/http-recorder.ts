import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import type { WireRequest } from "../../http/request.js";
import { isTransientStatus } from "../../http/retry.js";
import type { RawResponse, Transport } from "../../http/transport.js";
import type { Json, JsonObject } from "../../json.js";
import type { Source } from "../../source.js";
import { declaredSecrets } from "../kit/declared-secrets.js";
import { recordedRequest, requestKey } from "./recorded-request.js";
import type { RecordedAnswer, RecordedExchange, Recording } from "./recording.js";
import { credentialsIn, type SecretWords, secretsInJson, secretWords, soundsSecret } from "./secret-words.js";

/** Writes down what a connector asks and what it is answered. */
export interface HttpRecorder {
  /** Goes into the context that the connector is opened with. */
  tapHttp(network: Transport): Transport;
  /**
   * What was recorded so far. Secrets are taken out by value wherever they stand: those of the config, those that requests show in
   * their headers, and those that answers name like one.
   */
  recording(): Recording;
}

export interface RecorderOptions {
  readonly source: Pick<Source, "name" | "config">;
  /** As a user writes it. */
  readonly config: JsonObject;
  readonly streams?: readonly string[];
}

interface Heard {
  readonly request: WireRequest;
  readonly status: number;
  readonly headers: RawResponse["headers"];
  readonly body: Buffer;
}

export function httpRecorder({ source, config, streams }: RecorderOptions): HttpRecorder {
  const words = secretWords();
  words.learn(declaredSecrets(source.config, config));
  words.learn(namedLikeSecrets(config));
  const heard: Heard[] = [];

  return {
    tapHttp: (network) => ({
      async send(request, signal) {
        words.learn(credentialsIn(request.headers));
        words.learn([...request.url.searchParams].filter(([name]) => soundsSecret(name)).map(([, value]) => value));
        const response = await network.send(request, signal);
        const body = await bytesOf(response.body);
        const { status, headers } = response;
        // An answer that asks to come back later says nothing of the system, and would be waited for again.
        if (!isTransientStatus(status, headers)) heard.push({ request, status, headers, body });
        words.learn(secretsInJson(body.toString("latin1")));
        return { ...response, body: Readable.from([body]) };
      },
      close: () => network.close(),
    }),
    recording: () => ({
      connector: source.name,
      config: hidden(config, words) as JsonObject,
      ...(streams === undefined ? {} : { streams }),
      recordedAt: new Date().toISOString(),
      exchanges: exchangesOf(heard, words),
    }),
  };
}

/** Equal answers to the same request that follow each other are one exchange. */
function exchangesOf(heard: readonly Heard[], { hide }: SecretWords): RecordedExchange[] {
  const exchanges: { request: RecordedExchange["request"]; answer: RecordedAnswer; times: number }[] = [];
  const last = new Map<string, (typeof exchanges)[number]>();
  for (const one of heard) {
    const request = recordedRequest(one.request, hide);
    const answer = answerOf(one, hide);
    const key = requestKey(request);
    const before = last.get(key);
    if (before !== undefined && JSON.stringify(before.answer) === JSON.stringify(answer)) before.times += 1;
    else {
      const exchange = { request, answer, times: 1 };
      exchanges.push(exchange);
      last.set(key, exchange);
    }
  }
  return exchanges;
}

function answerOf({ status, headers, body }: Heard, hide: (text: string) => string): RecordedAnswer {
  const kept = Object.entries(headers).filter(([name]) => !saysNothing.test(name));
  const isText = isUtf8(body) && !body.includes(0);
  return {
    status,
    ...(kept.length > 0 && { headers: Object.fromEntries(kept.map(([name, value]) => [name, hide(value)])) }),
    ...(body.length > 0 && (isText ? { body: hide(body.toString()) } : { body_base64: body.toString("base64") })),
  };
}

/** Headers of the transfer, of credentials, of rates, and of machines on the way. */
const saysNothing =
  /^(age|alt-svc|cache-control|connection|content-(encoding|length|security-policy)|date|expires|keep-alive|nel|pragma|referrer-policy|report-to|retry-after|server|server-timing|set-cookie|strict-transport-security|transfer-encoding|vary|via|x-(amz|cache|frame|runtime|served|timer|xss|powered|content-type-options).*|cf-.*|access-control-.*|.*(request|correlation|trace)-?id|.*rate-?limit.*)$/;

function namedLikeSecrets(value: Json, isSecret = false): string[] {
  if (typeof value === "string") return isSecret ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    namedLikeSecrets(member as Json, soundsSecret(name) || (isSecret && Array.isArray(value))),
  );
}

function hidden(value: Json, words: SecretWords): Json {
  if (typeof value === "string") return words.hide(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => hidden(item, words));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, hidden(member as Json, words)]));
}

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

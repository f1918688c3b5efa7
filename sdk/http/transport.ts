import { Agent, type ClientRequest, type IncomingMessage, request as requestOver } from "node:http";
import { Agent as SecureAgent, request as secureRequestOver } from "node:https";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { ConfigError } from "../errors.js";
import type { AddressGuard } from "./address-guard.js";
import { acceptedEncodings, decodedBody } from "./content-encoding.js";
import { networkError } from "./network-error.js";
import { followed, isRedirect } from "./redirect.js";
import type { Headers, WireRequest } from "./request.js";

/** The answer to one request, its body still to be read and decompressed already. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end. */
  readonly url: URL;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

export interface TransportOptions {
  readonly guard: AddressGuard;
  readonly userAgent: string;
  /** How long a server may say nothing at all. */
  readonly silenceMs: number;
}

/** Connections to servers, kept open between requests. */
export interface Transport {
  /**
   * Sends a request once and follows its redirects; every status is an answer.
   * @throws TransientError `http.network` · ConfigError `http.host_not_found`, `http.address_refused`, `http.tls`, `http.redirects`
   */
  send(request: WireRequest, signal: AbortSignal): Promise<RawResponse>;
  close(): void;
}

const mostRedirects = 10;
const connectMs = 30_000;

/** Straight on Node's own client: what clients above it leave behind per request was most of what a list of many parents took. */
export function openTransport({ guard, userAgent, silenceMs }: TransportOptions): Transport {
  const agent = new Agent({ keepAlive: true });
  const secureAgent = new SecureAgent({ keepAlive: true });

  async function sendOnce({ method, url, headers, body }: WireRequest, signal: AbortSignal): Promise<RawResponse> {
    guard.refuse(url);
    signal.throwIfAborted();
    const options = {
      method,
      headers: { "user-agent": userAgent, "accept-encoding": acceptedEncodings, ...lengthOf(body), ...headers },
      lookup: guard.lookup,
      timeout: silenceMs,
      signal,
    };
    const sent =
      url.protocol === "https:"
        ? secureRequestOver(url, { ...options, agent: secureAgent })
        : requestOver(url, { ...options, agent });
    const answered = answer(sent, url, signal);
    sent.end(body);
    return answered;
  }

  return {
    async send(request, signal) {
      let current = request;
      for (let hops = 0; hops <= mostRedirects; hops++) {
        const response = await sendOnce(current, signal);
        const location = response.headers.location;
        if (!isRedirect(response.status) || location === undefined) return response;
        response.body.destroy();
        current = followed(current, response.status, location);
      }
      throw new ConfigError("http.redirects", `${request.url.origin} redirects more than ${mostRedirects} times`, {
        hint: "check the base URL: it may redirect to itself, for example for want of a login",
      });
    },
    close() {
      agent.destroy();
      secureAgent.destroy();
    },
  };
}

/** Node writes it by itself only for methods that usually have a body. */
function lengthOf(body: WireRequest["body"]): Headers {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

/** Waits for the head of the answer. Errors of the body come out where it is read. */
function answer(sent: ClientRequest, url: URL, signal: AbortSignal): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    // Stays, so that a connection that is cut when nobody reads any more cannot end the process.
    sent.on("error", (error) => reject(signal.aborted ? signal.reason : networkError(error, url)));
    sent.on("timeout", () => sent.destroy(timedOut()));
    sent.on("socket", (socket) => limitConnecting(socket, sent));
    sent.on("response", (response: IncomingMessage) => {
      response.on("error", () => undefined);
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers: joined(headers), url, body: decodedBody(response) });
    });
  });
}

/** A connection that does not come about is given up sooner than one that is silent. */
function limitConnecting(socket: Socket, sent: ClientRequest): void {
  if (!socket.connecting) return;
  const timer = setTimeout(() => sent.destroy(timedOut()), connectMs);
  const stop = () => clearTimeout(timer);
  socket.once("encrypted" in socket ? "secureConnect" : "connect", stop);
  socket.once("close", stop);
}

function timedOut(): Error {
  return Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });
}

function joined(headers: NodeJS.Dict<string | string[]>): Headers {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return Object.fromEntries(pairs);
}

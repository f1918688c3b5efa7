import type { Answer } from "./answer.js";
import type { WireRequest } from "./exchange.js";

/** Answers that several streams ask for, such as the pages of a parent. */
export interface ResponseCache {
  find(request: WireRequest): Answer | undefined;
  keep(request: WireRequest, answer: Answer): void;
}

/** Keeps successful answers to GET requests, the oldest dropped once they hold more than `maxBytes`. */
export function createResponseCache(maxBytes: number): ResponseCache {
  const answers = new Map<string, Answer>();
  let bytes = 0;
  return {
    find: (request) => (request.method === "GET" ? answers.get(keyOf(request)) : undefined),
    keep(request, answer) {
      if (request.method !== "GET" || answer.status !== 200 || answer.body.length > maxBytes / 4) return;
      const key = keyOf(request);
      if (answers.has(key)) return;
      answers.set(key, answer);
      bytes += answer.body.length + key.length;
      for (const [oldest, { body }] of answers) {
        if (bytes <= maxBytes) return;
        answers.delete(oldest);
        bytes -= body.length + oldest.length;
      }
    },
  };
}

function keyOf({ url, headers, body = "" }: WireRequest): string {
  const parts = [...headers].map(([name, value]) => `${name.toLowerCase()}:${value}`).sort();
  return JSON.stringify([url, body, ...parts]);
}

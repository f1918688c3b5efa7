import type { Answer } from "./answer.js";
import type { LongForm } from "./long-form.js";

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** By name as the manifest spells it. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body?: string;
}

/**
 * Sends one request once, redirects followed; every status is an answer. Where it is said how, a long body may come
 * in parts.
 * @throws whatever cut the connection
 */
export type Exchange = (request: WireRequest, form?: LongForm) => Promise<Answer>;

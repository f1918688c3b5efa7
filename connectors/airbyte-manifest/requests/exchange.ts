import type { Answer } from "./answer.js";

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** By name as the manifest spells it. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body?: string;
}

/**
 * Sends one request once, redirects followed; every status is an answer. Where the path of the records is given, a long
 * body that is JSON may come in parts.
 * @throws whatever cut the connection
 */
export type Exchange = (request: WireRequest, recordsPath?: readonly string[]) => Promise<Answer>;

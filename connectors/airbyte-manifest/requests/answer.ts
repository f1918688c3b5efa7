import { fromJson } from "../jinja/json.js";
import type { PyValue } from "../jinja/values/value.js";
import { noteExactFloats } from "../value/exact-floats.js";

/** The answer to a request, its body read whole. */
export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly url: string;
}

/** Whether there is an answer that counts as a success: everything else gives no records. */
export function isOk(answer: Answer | undefined): answer is Answer {
  return answer !== undefined && answer.status < 400;
}

export function bodyText(answer: Answer): string {
  return new TextDecoder().decode(answer.body);
}

/** The body as JSON; undefined where it is none. */
export function bodyJson(answer: Answer): PyValue | undefined {
  try {
    const text = bodyText(answer);
    const value = fromJson(text);
    noteExactFloats(value, text);
    return value;
  } catch {
    return undefined;
  }
}

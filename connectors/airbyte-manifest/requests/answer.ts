import { fromJson } from "../jinja/json.js";
import type { PyValue } from "../jinja/values/value.js";
import { noteExactFloats } from "../value/exact-floats.js";
import { fromLongJson } from "../value/long-json.js";
import { wholeBodyBytes } from "./long-form.js";

/** The answer to a request, its body read whole unless it is a long one. */
export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly url: string;
  /** A long body, to be read in parts; `body` is empty then. */
  readonly long?: LongBody;
}

/** A body that is too long to be held: it comes as answers that hold some of the records each. */
export interface LongBody {
  readonly parts: AsyncIterable<Answer>;
  /** After the parts: the answer with nothing of its records but the last ones. */
  rest(): Answer;
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
  const { buffer, byteOffset, length } = answer.body;
  const long = length > wholeBodyBytes ? fromLongJson(Buffer.from(buffer, byteOffset, length)) : undefined;
  if (long !== undefined) return long;
  try {
    const text = bodyText(answer);
    const value = fromJson(text);
    noteExactFloats(value, text);
    return value;
  } catch {
    return undefined;
  }
}

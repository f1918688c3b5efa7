import { isTruthy } from "../jinja/values/truth.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Answer, bodyJson, bodyText } from "../requests/answer.js";
import { isDict } from "../value/is-dict.js";

/** Where the APIs of this world put what went wrong, the first that is there winning. */
const names = [
  "message",
  "messages",
  "error",
  "errors",
  "failures",
  "failure",
  "detail",
  "err",
  "error_message",
  "msg",
  "reason",
  "status_message",
];

/** What an answer says went wrong: from its JSON, or its whole text. */
export function errorMessage(answer: Answer): string | undefined {
  const body = bodyJson(answer);
  return body === undefined ? bodyText(answer) : messageIn(body);
}

function messageIn(value: PyValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    return value
      .map(messageIn)
      .filter((message) => message !== undefined)
      .join(", ");
  }
  if (!isDict(value)) return undefined;
  const name = names.find((candidate) => isTruthy(value.get(candidate) ?? null));
  return name === undefined ? undefined : messageIn(value.get(name));
}

import { ConfigError } from "../../../sdk/errors.js";
import { createDecoder } from "../decode/decoder.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, parametersOf, requiredChild, text, texts, typeOf } from "../load/fields.js";
import { type Answer, isOk } from "../requests/answer.js";
import type { Requester, RequesterOptions } from "../requests/requester.js";
import type { Runtime } from "../runtime.js";
import { durationOf } from "../value/duration.js";
import { valueAt } from "../value/paths.js";
import { apiKey } from "./api-key.js";
import type { Authenticator } from "./authenticator.js";
import { durationMs } from "./duration-ms.js";

export interface SessionOptions {
  readonly createRequester: (component: Component, options: RequesterOptions) => Requester;
}

/** A login body is small. */
const maxLoginBytes = 16 * 1024 * 1024;

/**
 * A SessionTokenAuthenticator: logs in and sends the token it is given. Without an `expiration_duration` a token is good
 * for one use only, as the reference has it.
 */
export function createSession(
  component: Component,
  runtime: Runtime,
  { createRequester }: SessionOptions,
  bearer: (token: () => Promise<string>) => Authenticator,
): Authenticator {
  const requester = createRequester(requiredChild(component, "login_requester"), {});
  const decoder = createDecoder(child(component, "decoder"), maxLoginBytes);
  const path = texts(component, "session_token_path") ?? [];
  const duration = text(component, "expiration_duration");
  const authentication = requiredChild(component, "request_authentication");
  let kept: { readonly token: PyValue; readonly until: number } | undefined;

  function tokenIn(answer: Answer | undefined): PyValue {
    if (answer === undefined || !isOk(answer))
      throw new ConfigError("manifest.login", "the login gave no answer to take a session token from");
    const [body = pyDict()] = decoder.decode(answer);
    const token = valueAt(body, path);
    if (token !== undefined) return token;
    throw new ConfigError("manifest.login", `the answer to the login has no session token at '${path.join(".")}'`);
  }

  async function session(): Promise<PyValue> {
    if (kept !== undefined && kept.until >= runtime.clock()) return kept.token;
    const sent = await requester.send({});
    const token = tokenIn(sent === "reset_pagination" ? undefined : sent.answer);
    const lifetime = duration === undefined ? undefined : durationMs(durationOf(duration), runtime.clock());
    kept = lifetime === undefined ? undefined : { token, until: runtime.clock() + lifetime };
    return token;
  }

  if (typeOf(authentication) === "Bearer") return bearer(async () => str(await session()));
  const template = text(authentication, "api_token") ?? "{{ session_token }}";
  const token = async () =>
    runtime.templates.text(template, parametersOf(component), { session_token: await session() });
  return apiKey(token, requiredChild(authentication, "inject_into"), runtime);
}

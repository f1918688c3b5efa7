import { ConfigError, TransientError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, list, text } from "../load/fields.js";
import { type Answer, bodyJson, isOk } from "../requests/answer.js";
import { prepare } from "../requests/prepare.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";

export interface TokenRequest {
  readonly endpoint: string;
  readonly headers: PyDict;
  readonly payload: PyDict;
  /** The payload goes into the URL, not the body. */
  readonly asQuery: boolean;
  readonly component: Component;
}

const mostAttempts = 8;

/**
 * Asks for a token; tries again after a server's failure, at most for some minutes.
 * @throws ConfigError `manifest.token` · TransientError `manifest.token_unreachable`
 */
export async function requestToken(token: TokenRequest, runtime: Runtime): Promise<PyValue> {
  const { endpoint, headers, payload, asQuery } = token;
  const nothing = pyDict();
  const request = prepare({
    method: "POST",
    url: endpoint,
    headers,
    parameters: asQuery ? payload : nothing,
    bodyJson: nothing,
    bodyData: asQuery ? nothing : payload,
  });
  for (let attempt = 1; ; attempt++) {
    const answer = await answerOf(runtime.exchange(request), attempt);
    if (isOk(answer)) return bodyJson(answer) ?? nothing;
    if (answer !== undefined && !isTemporary(answer)) throw refused(answer, token);
    if (attempt === mostAttempts) {
      throw new TransientError(
        "manifest.token_unreachable",
        `no token from ${endpoint.split("?")[0]} after ${attempt} attempts`,
      );
    }
    await runtime.pause(2 ** (attempt - 1));
  }
}

function isTemporary({ status }: Answer): boolean {
  return status === 429 || status >= 500;
}

async function answerOf(sent: Promise<Answer>, attempt: number): Promise<Answer | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (attempt === mostAttempts || error instanceof ConfigError) throw error;
    return undefined;
  }
}

function refused(answer: Answer, { endpoint, component }: TokenRequest): ConfigError {
  const source = child(component, "refresh_token_updater") ?? component;
  const stated = ["refresh_token_error_status_codes", "refresh_token_error_key", "refresh_token_error_values"];
  const own = stated.some((name) => source.has(name)) ? source : component;
  const isStated = stated.some((name) => own.has(name));
  const codes = isStated ? (list(own, stated[0] as string) ?? []).map(Number) : [400];
  const key = isStated ? (text(own, stated[1] as string) ?? "") : "error";
  const values = isStated ? (list(own, stated[2] as string) ?? []).map(str) : ["invalid_grant", "invalid_permissions"];
  const body = bodyJson(answer);
  const reason = isDict(body) ? body.get(key) : undefined;
  const where = endpoint.split("?")[0];
  if (codes.includes(answer.status) && reason !== undefined && values.includes(str(reason))) {
    return new ConfigError(
      "manifest.token",
      `the refresh token is invalid or has expired (${where} says ${str(reason)})`,
      {
        hint: "sign in again and put the new refresh token into the config",
      },
    );
  }
  return new ConfigError("manifest.token", `${where} gives no token: HTTP ${answer.status}`, {
    hint: "check the client_id, the client_secret and the refresh token in the config",
  });
}

import { randomUUID } from "node:crypto";
import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, field, flag, object, parametersOf, text, texts } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";
import { type Authenticator, noOptionsOf } from "./authenticator.js";
import { requestToken } from "./request-token.js";
import { configTokens, memoryTokens, type TokenStore } from "./token-store.js";
import { tokenValue } from "./token-value.js";

/** An OAuthAuthenticator: a bearer token that is got anew when it has expired; single-use refresh tokens are saved at once. */
export function createOauth(
  component: Component,
  runtime: Runtime,
  createNested: (component: Component) => Authenticator,
): Authenticator {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const evaluated = (name: string): PyValue | undefined => {
    const template = text(component, name);
    return template === undefined || template === "" ? undefined : templates.value(template, parameters);
  };
  const nameOf = (name: string, usual: string) => str(evaluated(`${name}_name`) ?? usual);
  const updater = child(component, "refresh_token_updater");
  const assertion = child(component, "profile_assertion");
  const asserted = assertion !== undefined && isAsserted(component, runtime);
  const asserter = asserted ? createNested(assertion) : undefined;
  const store: TokenStore =
    updater === undefined ? memoryTokens(component, runtime) : configTokens(component, updater, runtime);
  const grant = asserted
    ? "urn:ietf:params:oauth:grant-type:jwt-bearer"
    : str(evaluated("grant_type") ?? "refresh_token");
  if (
    !asserted &&
    updater === undefined &&
    (field(component, "client_id") === undefined || field(component, "client_secret") === undefined)
  ) {
    throw new ConfigError(
      "manifest.authenticator",
      "an OAuthAuthenticator of the manifest needs a client_id and a client_secret",
    );
  }
  const ownKey = randomUUID();

  function credentials(headers: PyDict): PyDict {
    const payload = pyDict([[nameOf("grant_type", "grant_type"), grant]]);
    if (!headers.has("Authorization")) {
      payload.set(nameOf("client_id", "client_id"), clientId());
      payload.set(nameOf("client_secret", "client_secret"), secretOf("client_secret"));
    }
    payload.set(refreshName(), store.refreshToken());
    const scopes = texts(component, "scopes") ?? [];
    if (scopes.length > 0) payload.set("scopes", [...scopes]);
    for (const [name, value] of templates.mapping(object(component, "refresh_request_body") ?? pyDict(), parameters)) {
      if (!payload.has(name)) payload.set(name, value);
    }
    return payload;
  }

  function secretOf(name: string): PyValue {
    return (updater === undefined ? evaluated(name) : store.credential(name, evaluated(name) ?? null)) ?? null;
  }

  function clientId(): PyValue {
    const id = secretOf("client_id");
    if (isTruthy(id) || updater !== undefined) return id;
    throw new ConfigError("manifest.authenticator", "the client_id of an OAuthAuthenticator comes to nothing", {
      hint: "check the client_id in the config",
    });
  }

  const refreshName = () =>
    updater === undefined
      ? nameOf("refresh_token", "refresh_token")
      : (text(updater, "refresh_token_name") ?? "refresh_token");

  async function payloadOf(headers: PyDict): Promise<PyDict> {
    if (asserter === undefined) return credentials(headers);
    const assertionToken = (await asserter.token?.()) ?? "";
    return pyDict([
      [nameOf("grant_type", "grant_type"), grant],
      ["assertion", assertionToken],
    ]);
  }

  async function refresh(): Promise<void> {
    const endpoint = str(evaluated("token_refresh_endpoint") ?? "");
    const headers = templates.mapping(object(component, "refresh_request_headers") ?? pyDict(), parameters);
    const payload = await payloadOf(headers);
    const body = await requestToken(
      { endpoint, headers, payload, asQuery: flag(component, "send_refresh_request_as_query_params"), component },
      runtime,
    );
    const accessName = nameOf("access_token", "access_token");
    const token = tokenValue(body, accessName);
    const refreshToken = tokenValue(body, refreshName());
    if (token === undefined || !isTruthy(token)) {
      // The one that was sent may be spent already.
      await store.keepRefreshToken(refreshToken);
      throw noToken(body, accessName, endpoint);
    }
    const expires = tokenValue(body, nameOf("expires_in", "expires_in"));
    await store.save({ token: str(token), expires, refreshToken });
  }

  async function token(): Promise<string> {
    const fixed = store.accessToken();
    if (field(component, "token_refresh_endpoint") === undefined && fixed !== undefined) return fixed;
    if (store.hasExpired()) {
      // Requests that find the token expired at the same time wait for one new token.
      const key = store.place ?? ownKey;
      const running = runtime.refreshing.get(key) ?? refresh().finally(() => runtime.refreshing.delete(key));
      runtime.refreshing.set(key, running);
      await running;
    }
    return store.accessToken() ?? "";
  }

  return { header: async () => ["Authorization", `Bearer ${await token()}`], options: noOptionsOf, refresh, token };
}

function noToken(body: PyValue, name: string, endpoint: string): ConfigError {
  const names = isDict(body) ? [...body.keys()].map(str).join(", ") : "";
  const what = names === "" ? "" : `: it has ${names}`;
  return new ConfigError("manifest.token", `the answer of ${endpoint.split("?")[0]} has no '${name}'${what}`, {
    hint: "check the token_refresh_endpoint and the access_token_name of the manifest, and the credentials in the config",
  });
}

function isAsserted(component: Component, { templates }: Runtime): boolean {
  const value = component.get("use_profile_assertion") ?? false;
  return templates.truth(typeof value === "boolean" ? value : str(value), parametersOf(component));
}

import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { type Component, parametersOf, text } from "../load/fields.js";
import { bodyJson, isOk } from "../requests/answer.js";
import { prepare } from "../requests/prepare.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";
import { type Authenticator, noOptionsOf } from "./authenticator.js";

/** A LegacySessionTokenAuthenticator: a token of the config while it is valid, else one got by user name and password. */
export function legacySession(component: Component, runtime: Runtime, baseUrl: string): Authenticator {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const evaluated = (name: string) => templates.text(text(component, name) ?? "", parameters);
  const urlOf = (field: string) => `${templates.text(baseUrl, parameters)}${evaluated(field)}`;
  let got: string | undefined;

  async function isValid(token: string): Promise<boolean> {
    const headers = pyDict([[evaluated("header"), token]]);
    const url = urlOf("validate_session_url");
    return isOk(await runtime.exchange(prepare({ ...bare, method: "GET", url, headers })));
  }

  async function login(username: string, password: string): Promise<string> {
    const headers = pyDict([["Content-Type", "application/json"]]);
    const credentials = pyDict([
      ["username", username],
      ["password", password],
    ]);
    const url = urlOf("login_url");
    const answer = await runtime.exchange(prepare({ ...bare, method: "POST", url, headers, bodyJson: credentials }));
    const body = isOk(answer) ? bodyJson(answer) : undefined;
    const token = isDict(body) ? body.get(evaluated("session_token_response_key")) : undefined;
    if (token !== undefined) return str(token);
    throw new ConfigError(
      "manifest.login",
      `the login at ${url.split("?")[0]} gave no session token (HTTP ${answer.status})`,
    );
  }

  async function token(): Promise<string> {
    const own = evaluated("session_token");
    if (own !== "" && (await isValid(own))) return own;
    const [username, password] = [evaluated("username"), evaluated("password")];
    if (username === "" || password === "") {
      throw new ConfigError(
        "manifest.login",
        "the session token is not valid, and there are no user name and password to get one",
      );
    }
    got ??= await login(username, password);
    return got;
  }

  return { header: async () => [evaluated("header"), await token()], options: noOptionsOf, token };
}

const bare = { parameters: pyDict(), bodyJson: pyDict(), bodyData: "" };

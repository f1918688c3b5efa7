import { ConfigError } from "../../../sdk/errors.js";
import { str } from "../jinja/values/text.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, child, object, parametersOf, text, texts, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Requester, RequesterOptions } from "../requests/requester.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";
import { valueAt } from "../value/paths.js";
import { apiKey, headerOption } from "./api-key.js";
import { type Authenticator, noAuth, noOptionsOf } from "./authenticator.js";
import { jwtAuthenticator } from "./jwt.js";
import { legacySession } from "./legacy-session.js";
import { createOauth } from "./oauth.js";
import { rotatingTokens } from "./rotating-tokens.js";
import { createSession } from "./session-token.js";

export interface AuthenticatorOptions {
  /** The base URL of the requester, as the manifest has it. */
  readonly baseUrl: string;
  readonly createRequester: (component: Component, options: RequesterOptions) => Requester;
}

/** The authenticator of a requester. @throws ConfigError `manifest.not_runnable`, `manifest.authenticator` */
export function createAuthenticator(
  component: Component | undefined,
  runtime: Runtime,
  options: AuthenticatorOptions,
): Authenticator {
  if (component === undefined) return noAuth;
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const evaluated = (name: string) => templates.text(text(component, name) ?? "", parameters);
  switch (typeOf(component)) {
    case "NoAuth":
      return noAuth;
    case "BearerAuthenticator":
      return bearer(async () => evaluated("api_token"));
    case "BasicHttpAuthenticator":
      return {
        header: async () => {
          const pair = `${evaluated("username")}:${evaluated("password")}`;
          return ["Authorization", `Basic ${Buffer.from(pair).toString("base64")}`];
        },
        options: noOptionsOf,
      };
    case "ApiKeyAuthenticator":
      return apiKey(async () => evaluated("api_token"), keyOption(component), runtime);
    case "OAuthAuthenticator":
      return createOauth(component, runtime, (nested) => createAuthenticator(nested, runtime, options));
    case "JwtAuthenticator":
      return jwtAuthenticator(component, runtime);
    case "SessionTokenAuthenticator":
      return createSession(component, runtime, options, bearer);
    case "LegacySessionTokenAuthenticator":
      return legacySession(component, runtime, options.baseUrl);
    case "SelectiveAuthenticator":
      return createAuthenticator(selected(component, runtime.config), runtime, options);
    case "RateLimitedMultipleTokenAuthenticator":
      return rotatingTokens(component, runtime);
    default:
      return refuseCustom(component, "an authenticator");
  }
}

function bearer(token: () => Promise<string>): Authenticator {
  return { header: async () => ["Authorization", `Bearer ${await token()}`], options: noOptionsOf, token };
}

function keyOption(component: Component): Component {
  const option = child(component, "inject_into");
  const header = text(component, "header");
  if (option !== undefined && header === undefined) return option;
  if (option === undefined && header !== undefined) return headerOption(header);
  throw new ConfigError(
    "manifest.authenticator",
    "an ApiKeyAuthenticator of the manifest needs either inject_into or header",
  );
}

function selected(component: Component, config: PyDict): Component {
  const path = texts(component, "authenticator_selection_path") ?? [];
  const choice = valueAt(config, path);
  if (choice === undefined) {
    throw new ConfigError(
      "manifest.authenticator",
      `the config has no '${path.join(".")}', which chooses how to sign in`,
    );
  }
  const chosen = object(component, "authenticators")?.get(str(choice));
  if (isDict(chosen)) return chosen;
  const known = [...(object(component, "authenticators")?.keys() ?? [])].map(str).join(", ");
  throw new ConfigError(
    "manifest.authenticator",
    `'${path.join(".")}' is '${str(choice)}': the manifest knows ${known}`,
  );
}

import { createAuthenticator } from "../auth/create-authenticator.js";
import { type Component, child, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Runtime } from "../runtime.js";
import { createRequester, type Requester, type RequesterOptions } from "./requester.js";

/** An HttpRequester with the authenticator that stands in it. @throws ConfigError `manifest.not_runnable` for one written in Python */
export function buildRequester(component: Component, runtime: Runtime, options: RequesterOptions = {}): Requester {
  if (typeOf(component) !== "HttpRequester") return refuseCustom(component, "a requester");
  const authenticator = createAuthenticator(child(component, "authenticator"), runtime, {
    baseUrl: text(component, "url") ?? text(component, "url_base") ?? "",
    createRequester: (nested, nestedOptions) => buildRequester(nested, runtime, nestedOptions),
  });
  return createRequester(component, runtime, { ...options, authenticator });
}

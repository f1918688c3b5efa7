import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, parametersOf } from "../load/fields.js";
import { createRequestOption, type OptionPlace } from "../requests/request-option.js";
import type { Runtime } from "../runtime.js";
import type { Authenticator } from "./authenticator.js";

/** Puts a token wherever a RequestOption says. */
export function apiKey(token: () => Promise<string>, option: Component, { templates }: Runtime): Authenticator {
  const injected = createRequestOption(option, templates, parametersOf(option));

  async function options(place: OptionPlace): Promise<PyDict> {
    const target = pyDict();
    if (injected.place === place) injected.inject(target, await token());
    return target;
  }

  return {
    async header() {
      const [name] = [...(await options("header")).keys()];
      if (name === undefined || name === "") return undefined;
      // The reference asks for the token again, once for the name and once for the value: so it does in a recording.
      await options("header");
      return [str(name), await token()];
    },
    options,
    token,
  };
}

/** The option of the older form, a header by its name. */
export function headerOption(name: string): Component {
  return pyDict([
    ["type", "RequestOption"],
    ["inject_into", "header"],
    ["field_name", name],
  ]);
}

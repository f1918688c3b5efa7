import { ConfigError } from "../../../sdk/errors.js";
import { type Component, text, typeOf } from "./fields.js";

/**
 * Refuses a component that cannot be run: one written in Python, or of a type that nobody knows.
 * @throws ConfigError `manifest.not_runnable`, `manifest.unknown_type`
 */
export function refuseCustom(component: Component, role: string): never {
  const type = typeOf(component);
  const name = text(component, "class_name");
  if (name !== undefined || type.startsWith("Custom")) {
    throw new ConfigError(
      "manifest.not_runnable",
      `${role} of the manifest is the Python class '${name ?? type}', which is not run`,
      {
        hint: "leave the stream out, or run this source through the connector 'airbyte'",
      },
    );
  }
  throw new ConfigError("manifest.unknown_type", `${role} of the manifest has the unknown type '${type}'`);
}

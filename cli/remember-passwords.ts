import { passwordsOf } from "../core/project/redactor.js";
import type { JsonObject } from "../sdk/json.js";
import type { Cli } from "./cli.js";

/** Remembers the passwords in settings that came from the command line. */
export function rememberPasswords({ redactor }: Cli, config: JsonObject): void {
  for (const value of Object.values(config)) {
    if (typeof value === "string") passwordsOf(value).forEach(redactor.remember);
  }
}

import { type Component, flag, typeOf } from "../../load/fields.js";
import { refuseCustom } from "../../load/refuse-custom.js";
import type { Runtime } from "../../runtime.js";
import { addFields } from "./add-fields.js";
import { flattenFields } from "./flatten-fields.js";
import { flattenPath } from "./flatten-path.js";
import { keysReplace } from "./keys-replace.js";
import { keysToLower } from "./keys-to-lower.js";
import { keysToSnake } from "./keys-to-snake.js";
import type { Transformation } from "./record-change.js";
import { removeFields } from "./remove-fields.js";

/** @throws ConfigError `manifest.not_runnable` for one written in Python */
export function createTransformation(component: Component, { templates }: Runtime): Transformation {
  switch (typeOf(component)) {
    case "AddFields":
      return addFields(component, templates);
    case "RemoveFields":
      return removeFields(component, templates);
    case "KeysToLower":
      return keysToLower;
    case "KeysToSnakeCase":
      return keysToSnake;
    case "KeysReplace":
      return keysReplace(component, templates);
    case "FlattenFields":
      return flattenFields(flag(component, "flatten_lists", true));
    case "DpathFlattenFields":
      return flattenPath(component, templates);
    default:
      return refuseCustom(component, "a transformation");
  }
}

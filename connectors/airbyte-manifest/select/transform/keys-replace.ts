import { pyDict } from "../../jinja/values/dict.js";
import { str } from "../../jinja/values/text.js";
import type { PyDict } from "../../jinja/values/value.js";
import { type Component, parametersOf, requiredText } from "../../load/fields.js";
import { sliceVariable } from "../../slices/slice.js";
import { isDict } from "../../value/is-dict.js";
import type { Templates } from "../../value/templates.js";
import { replaceMembers, type Transformation } from "./record-change.js";

/** KeysReplace: one part of every key by another, in the record and all objects within. */
export function keysReplace(component: Component, templates: Templates): Transformation {
  const parameters = parametersOf(component);
  return (record, slice) => {
    const context = { record, stream_slice: slice === undefined ? null : sliceVariable(slice) };
    const old = templates.text(requiredText(component, "old"), parameters, context);
    const replacement = templates.text(requiredText(component, "new"), parameters, context);
    const replaced = (object: PyDict): PyDict =>
      pyDict(
        [...object].map(([key, value]) => [
          str(key).replaceAll(old, () => replacement),
          isDict(value) ? replaced(value) : value,
        ]),
      );
    replaceMembers(record, replaced(record));
  };
}

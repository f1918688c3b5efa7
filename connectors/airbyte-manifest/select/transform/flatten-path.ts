import { pyDict } from "../../jinja/values/dict.js";
import { str } from "../../jinja/values/text.js";
import { type Component, child, flag, parametersOf, text, texts } from "../../load/fields.js";
import { isDict } from "../../value/is-dict.js";
import { deleteAt, valueAt, valuesAt } from "../../value/paths.js";
import type { Templates } from "../../value/templates.js";
import { replaceMembers, type Transformation } from "./record-change.js";

/** DpathFlattenFields: the members of one object within become members of the record, unless a name stands there already. */
export function flattenPath(component: Component, templates: Templates): Transformation {
  const parameters = parametersOf(component);
  const segments = texts(component, "field_path") ?? [];
  const deletesOrigin = flag(component, "delete_origin_value");
  const replaces = flag(component, "replace_record");
  const renaming = child(component, "key_transformation");
  const affix = (name: string) => {
    const template = renaming === undefined ? undefined : text(renaming, name);
    return template === undefined ? "" : templates.text(template, parameters);
  };
  const prefix = affix("prefix");
  const suffix = affix("suffix");
  return (record) => {
    const path = segments.map((segment) => templates.value(segment, parameters));
    const found = path.includes("*") ? valuesAt(record, path)[0] : valueAt(record, path);
    if (!isDict(found)) return;
    const members = pyDict([...found].map(([key, value]) => [`${prefix}${str(key)}${suffix}`, value]));
    if (replaces && members.size > 0) return replaceMembers(record, members);
    if ([...members.keys()].some((key) => record.has(key))) return;
    if (deletesOrigin) deleteAt(record, path);
    for (const [key, value] of members) record.set(key, value);
  };
}

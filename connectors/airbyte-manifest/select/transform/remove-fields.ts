import { type Component, list, parametersOf, text } from "../../load/fields.js";
import { deleteAt, deleteLeaves } from "../../value/paths.js";
import type { Templates } from "../../value/templates.js";
import type { Transformation } from "./record-change.js";

/**
 * RemoveFields. With a condition the reference deletes every plain value of the record that the condition holds for,
 * whatever the pointers say: so does this.
 */
export function removeFields(component: Component, templates: Templates): Transformation {
  const condition = text(component, "condition") ?? "";
  const pointers = (list(component, "field_pointers") ?? []).map((pointer) =>
    Array.isArray(pointer) ? pointer : [pointer],
  );
  return (record) => {
    for (const pointer of pointers) {
      if (condition === "") deleteAt(record, pointer);
      else deleteLeaves(record, (property) => templates.truth(condition, parametersOf(component), { property }));
    }
  };
}

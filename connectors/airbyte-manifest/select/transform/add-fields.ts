import { type Component, children, list, parametersOf, requiredText, text } from "../../load/fields.js";
import { sliceVariable } from "../../slices/slice.js";
import { putAt } from "../../value/paths.js";
import type { Templates, ValidTypes } from "../../value/templates.js";
import type { Transformation } from "./record-change.js";

/** AddFields: each field is evaluated over the record as the fields before have left it. */
export function addFields(component: Component, templates: Templates): Transformation {
  const condition = text(component, "condition") ?? "";
  const fields = children(component, "fields").map((field) => ({
    path: list(field, "path") ?? [],
    value: requiredText(field, "value"),
    types: validTypes(text(field, "value_type")),
    parameters: parametersOf(field),
  }));
  return (record, slice) => {
    const context = { record, stream_slice: slice === undefined ? null : sliceVariable(slice) };
    for (const { path, value: template, types, parameters } of fields) {
      const value = templates.value(template, parameters, context, types);
      const holds = () => templates.truth(condition, parametersOf(component), { ...context, value, path: [...path] });
      if (condition === "" || holds()) putAt(record, path, value);
    }
  };
}

/** The types that a `value_type` lets a literal have. */
export function validTypes(valueType: string | undefined): ValidTypes | undefined {
  switch (valueType) {
    case "string":
      return ["str"];
    case "number":
      return ["float"];
    case "integer":
      return ["int", "bool"];
    case "boolean":
      return ["bool"];
    default:
      return undefined;
  }
}

import { ConfigError } from "../../sdk/errors.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { nearest } from "../schema/nearest.js";
import { itemColumns } from "./item-rows.js";
import type { NestedChoice, NestedChoices } from "./nested-choice.js";

/** @throws ConfigError `nested.no_column`, `nested.type` for a choice about a column that is not there, or has nothing nested */
export function requireNested(choices: NestedChoices, columns: readonly Column[]): void {
  for (const [path, choice] of Object.entries(choices)) requirePath(path, choice, columns);
}

function requirePath(path: string, { type: choice }: NestedChoice, columns: readonly Column[]): void {
  const [name = "", ...keys] = path.split(".");
  const refusal = (code: string, message: string, hint: string) =>
    new ConfigError(code, `nested.${path}: ${message}`, { column: name, hint, option: { path: ["nested", path] } });
  const column = columns.find((one) => one.name === name);
  if (column === undefined) {
    const names = columns.map((one) => one.name);
    const near = nearest(name, names);
    const hint = near === undefined ? `the columns are ${names.join(", ")}` : `did you mean '${near}'?`;
    throw refusal("nested.no_column", `there is no column '${name}'`, hint);
  }
  const { type } = column;
  const text = formatType(type);
  if (type.kind !== "json" && type.kind !== "list") {
    const hint =
      type.kind === "string" ? `where its text is JSON: cast: { ${name}: json }` : "leave it out of `nested`";
    throw refusal("nested.type", `'${name}' is ${text}, and neither json nor a list`, hint);
  }
  if (itemColumns(type) !== undefined && keys.length > 0) {
    throw refusal("nested.type", `'${name}' is ${text}: its elements have no keys`, `name '${name}' itself`);
  }
  if (type.kind === "list" && keys.length === 0 && choice === "flatten") {
    throw refusal("nested.type", `'${name}' is ${text}, and only objects can be flattened`, `${name}: child_table`);
  }
}

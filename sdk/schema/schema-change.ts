import type { ColumnType } from "./column-type.js";
import type { Column } from "./stream.js";

/** A change to the target that keeps every old value. Names are the target's, as the changes before it left them. */
export type SchemaChange =
  | { readonly type: "add_column"; readonly column: Column }
  | { readonly type: "widen_column"; readonly column: string; readonly from: ColumnType; readonly to: ColumnType }
  | { readonly type: "allow_null"; readonly column: string }
  | { readonly type: "rename_column"; readonly column: string; readonly to: string };

import type { SchemaMessage } from "../../sdk/messages.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Stream } from "../../sdk/schema/stream.js";
import { type CatalogColumn, plainColumn } from "../../sdk/sql/postgres/table-columns.js";

/** Says so where the columns to be read are no longer what was discovered. */
export function* changedColumns(stream: Stream, columns: readonly CatalogColumn[]): Generator<SchemaMessage, void> {
  const same = columns.every(({ name, type }) => {
    const known = stream.columns.find((column) => column.name === name);
    return known !== undefined && sameType(known.type, type);
  });
  if (!same) yield { type: "schema", columns: columns.map(plainColumn) };
}

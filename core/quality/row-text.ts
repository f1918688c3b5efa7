import type { Batch } from "../../sdk/batch/batch.js";
import { textReader } from "../../sdk/batch/value-text.js";
import { isNull, type Vector } from "../../sdk/batch/vector.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";

/** Rows of a batch as JSON text: numbers with every digit, JSON as it stands, everything else as its canonical text. */
export function rowTexts({ columns, vectors }: Pick<Batch, "columns" | "vectors">): (row: number) => string {
  const members = columns.map(({ name, type }, i) => {
    const vector = vectors[i]!;
    // A document may be `null` itself: a null that stands for none is left out.
    return {
      name: `${JSON.stringify(name)}:`,
      vector,
      json: jsonReader(vector, type),
      leavesOutNull: type.kind === "json",
    };
  });
  return (row) => {
    let text = "";
    for (const { name, vector, json, leavesOutNull } of members) {
      const none = isNull(vector, row);
      if (none && leavesOutNull) continue;
      text += (text === "" ? name : `,${name}`) + (none ? "null" : json(row));
    }
    return `{${text}}`;
  };
}

const bare = new Set(["boolean", "int16", "int32", "int64", "decimal", "list"]);
/** Their texts have nothing that JSON writes in another way. */
const plain = new Set(["date", "time", "timestamp", "datetime", "uuid"]);

/** Reads values that are not null as JSON. */
function jsonReader(vector: Vector, type: ColumnType): (row: number) => string {
  const read = textReader(vector, type);
  if (bare.has(type.kind)) return read;
  if (plain.has(type.kind)) return (row) => `"${read(row)}"`;
  if (type.kind === "json") return (row) => documentOrText(read(row));
  if (type.kind === "float32" || type.kind === "float64") return (row) => numberOrText(read(row));
  return (row) => JSON.stringify(read(row));
}

/** Of a float: JSON has no text that ends in a letter, `NaN` and `infinity`, as a number. */
function numberOrText(text: string): string {
  return text.charCodeAt(text.length - 1) <= digit9 ? text : `"${text}"`;
}

const digit9 = 0x39;

/** What stands in a column of documents and is none is a text. */
function documentOrText(text: string): string {
  return isJson(text) ? text : JSON.stringify(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import { valueText } from "../../sdk/batch/value-text.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { Difference } from "./compare.js";

/** A key that is not the same on both sides, as people and filters write its values. */
export interface NamedKey {
  readonly kind: Difference["kind"];
  readonly key: Readonly<Record<string, string | null>>;
}

/** @param columns the key's columns, in the order of the difference's texts */
export function namedKey({ kind, key }: Difference, columns: readonly Column[]): NamedKey {
  const values = columns.map(({ name, type }, i): [string, string | null] => {
    const text = key[i] ?? null;
    return [name, text === null ? null : writtenText(text, type)];
  });
  return { kind, key: Object.fromEntries(values) };
}

/** A canonical text of `DigestRequest` as the text that `valueText` writes, which is also what a `Predicate` takes. */
export function writtenText(text: string, type: ColumnType): string {
  switch (type.kind) {
    case "date":
      return text.includes("infinity") ? text : textOf(4, type, (data) => data.setInt32(0, Number(text), true));
    case "time":
    case "datetime":
    case "timestamp":
      return text.includes("infinity") ? text : textOf(8, type, (data) => data.setBigInt64(0, BigInt(text), true));
    case "float32":
    case "float64":
      return text === "NaN"
        ? text
        : textOf(8, { kind: "float64" }, (data) => data.setBigUint64(0, BigInt(`0b${text}`), true));
    case "binary":
      return `\\x${text}`;
    default:
      return text;
  }
}

function textOf(width: 4 | 8, type: ColumnType, store: (data: DataView) => void): string {
  const data = new Uint8Array(width);
  store(new DataView(data.buffer));
  return valueText({ layout: "fixed", width, data, validity: undefined }, type, 0);
}

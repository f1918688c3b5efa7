import type { WriteMode } from "../../sdk/schema/stream.js";
import type { RowOptions } from "../transform/prepare-rows.js";

/** The facts of a stream that say which rows are the same and which is newer; names are the source's. */
interface OrderedStream {
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly cursorField: string | undefined;
  readonly write: WriteMode;
  readonly rows: RowOptions;
}

type Refuse = (code: string, message: string, hint: string) => never;

/** Refuses names and masks after which columns, rows or versions could not be told apart. */
export function refuseLostOrder(plan: OrderedStream, refuse: Refuse): void {
  refuseTwinNames(plan, refuse);
  refuseMaskedOrder(plan, refuse);
}

function refuseTwinNames({ columns, rows }: OrderedStream, refuse: Refuse): void {
  const { rename = {} } = rows.transforms;
  const names = columns.map((column) => rename[column] ?? column);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin === undefined) return;
  refuse("stream.rename_twins", `two columns would be named '${twin}'`, "rename one of them to a name of its own");
}

/** Masks after which neither a key tells rows apart nor a cursor newer from older. */
function refuseMaskedOrder({ primaryKey, cursorField, write, rows }: OrderedStream, refuse: Refuse): void {
  if (write !== "merge" && write !== "scd2") return;
  const { mask = {}, rename = {} } = rows.transforms;
  const maskOf = (column: string) => mask[rename[column] ?? column];
  const lost = primaryKey.find((column) => ["redact", "null", "partial"].includes(maskOf(column)?.type ?? ""));
  if (lost !== undefined) {
    const hint = "mask a key with sha256, hmac_sha256 or tokenize, which keep different values different";
    refuse("mask.key", `the mask of '${lost}' leaves its rows without a key`, hint);
  }
  if (cursorField !== undefined && maskOf(cursorField) !== undefined) {
    const hint = `name another cursor, or leave '${cursorField}' unmasked`;
    refuse("mask.cursor", `masked values of the cursor '${cursorField}' do not tell which version is newer`, hint);
  }
}

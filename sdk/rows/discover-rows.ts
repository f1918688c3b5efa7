import type { Row } from "../batch/pack.js";
import { untouchedRecords } from "../json/record-page.js";
import { scalar } from "../schema/column-type.js";
import type { Column, Stream } from "../schema/stream.js";
import type { Inference } from "../source.js";
import { checkpointState } from "./checkpoint.js";
import { declaredColumns } from "./declared-columns.js";
import type { Rows } from "./read-rows.js";
import { type RowColumns, rowColumns } from "./row-columns.js";
import type { RowStream } from "./row-stream.js";

/** An optimistic look ends when it has seen this many rows, or pages. What comes later is announced while it is read. */
const enoughRows = 100;
const enoughPages = 5;

export interface RowsToDiscover {
  readonly name: string;
  readonly stream: Omit<RowStream<never>, "read">;
  readonly rows: Rows;
  readonly inference: Inference;
}

/** What a stream of rows looks like: by its declaration where that says everything, else by its first rows, or by all. */
export async function discoverRows({ name, stream, rows, inference }: RowsToDiscover): Promise<Stream> {
  const { namespace, primaryKey = [], cursorField, incremental = cursorField !== undefined } = stream;
  const declared = declaredColumns(stream);
  const seen = rowColumns(declared, [], name);
  if (declared.others === "infer") await look(rows, seen, inference);
  const columns = withColumns(seen.columns(), [...primaryKey, ...(cursorField === undefined ? [] : [cursorField])]);
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    columns,
    ...(declared.others === "infer" ? { inferred: true } : {}),
    primaryKey,
    cursorFields: cursorField === undefined ? [] : [cursorField],
    readModes: incremental ? ["full_refresh", "incremental"] : ["full_refresh"],
  };
}

async function look(rows: Rows, columns: RowColumns, inference: Inference): Promise<void> {
  let [seen, pages] = [0, 0];
  for await (const item of rows(undefined)) {
    if (checkpointState(item) !== undefined) continue;
    const page: readonly Row[] = Array.isArray(item) ? item : [item as Row];
    const records = untouchedRecords(page);
    if (records !== undefined) {
      columns.seeRecords(records);
      records.release?.();
    } else for (const row of page) columns.see(row);
    seen += page.length;
    pages += 1;
    if (inference === "optimistic" && (seen >= enoughRows || (pages >= enoughPages && seen > pages))) return;
  }
}

/** A key or cursor that no row has had yet must be a column all the same; text holds whatever will come. */
function withColumns(columns: readonly Column[], names: readonly string[]): readonly Column[] {
  const missing = [...new Set(names)].filter((name) => !columns.some((column) => column.name === name));
  return [...missing.map((name): Column => ({ name, type: scalar("string"), nullable: true })), ...columns];
}

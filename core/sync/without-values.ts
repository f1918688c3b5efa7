import { errorFromRecord, errorRecord } from "../../sdk/errors.js";
import { isMaskedColumn } from "../transform/masked-columns.js";
import type { StreamPlan } from "./stream-plan.js";

/** Codes of the engine's own errors, whose words show no value, or a masked one. */
const ours = /^(?:quality|quarantine|drift|ledger|cursor|stream|target)\./;

/**
 * The error of a stream, told without the value it is about where the stream has masks: a source shows in its errors what
 * it could not read, and a masked value may not show anywhere.
 */
export function withoutValues(error: unknown, plan: Pick<StreamPlan, "id" | "rows" | "primaryKey">): unknown {
  const { mask = {}, rename = {} } = plan.rows.transforms;
  if (Object.keys(mask).length === 0) return error;
  const { stack: _, message: __, row, ...facts } = errorRecord(error);
  const mayShow = facts.kind === "data" || facts.code === "internal.unexpected";
  if (!mayShow || ours.test(facts.code)) return error;
  const isMasked = (column: string) => isMaskedColumn({ mask }, rename[column] ?? column);
  if (facts.column !== undefined && !isMasked(facts.column) && !plan.primaryKey.some(isMasked)) return error;
  const where = facts.column === undefined ? "a value" : `a value of column '${facts.column}'`;
  const place = row === undefined || plan.primaryKey.some(isMasked) ? {} : { row };
  const told = `stream '${plan.id}': ${where} was refused; it is not shown, since the stream has masks`;
  return errorFromRecord({ ...facts, ...place, message: told });
}

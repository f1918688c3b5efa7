import { valueText } from "../../sdk/batch/value-text.js";
import { isNull } from "../../sdk/batch/vector.js";
import type { OpenDestination, Target } from "../../sdk/destination.js";
import type { OpenSource } from "../../sdk/source.js";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import type { RenameProposal } from "../schema/propose-renames.js";
import type { StreamPlan } from "./stream-plan.js";

export interface ValueComparison {
  /** Rows that both sides have. */
  readonly compared: number;
  readonly equal: number;
}

interface Sides {
  readonly plan: StreamPlan;
  readonly target: Target;
  readonly source: OpenSource;
  readonly destination: OpenDestination;
  readonly signal: AbortSignal;
}

const rowsLookedAt = 100;

/**
 * Compares, for some of the source's rows, the new column's values with those of the old one at the destination, key by
 * key. Undefined where there is no single key or the destination cannot be asked.
 */
export async function compareValues(
  { plan, target, source, destination, signal }: Sides,
  { from, to }: RenameProposal,
): Promise<ValueComparison | undefined> {
  const [key, second] = plan.primaryKey;
  const [targetKey] = target.primaryKey;
  if (key === undefined || second !== undefined || targetKey === undefined) return undefined;
  const now = await firstValues({ plan, source, signal, columns: [key, to.name] });
  if (now.size === 0) return undefined;
  const [quotedKey, value] = [quoteIdentifier(targetKey), quoteIdentifier(from.target)];
  const keys = [...now.keys()].map(quoteLiteral).join(", ");
  const table = quoteTable({ schema: target.schema, name: target.table });
  const sql = `SELECT ${quotedKey}, ${value} FROM ${table} WHERE ${quotedKey} IN (${keys})`;
  const answer = await destination.query(sql).catch(() => undefined);
  if (answer === undefined) return undefined;
  const pairs = answer.rows.map(([id, old]) => [old === null ? null : String(old), now.get(String(id))]);
  return { compared: pairs.length, equal: pairs.filter(([before, after]) => before === after).length };
}

interface FirstValues extends Pick<Sides, "plan" | "source" | "signal"> {
  /** The key and the column looked at. */
  readonly columns: readonly [string, string];
}

/** The first rows of a stream: values as text, by key. */
async function firstValues({ plan, source, signal, columns }: FirstValues): Promise<Map<string, string | null>> {
  const messages = source.read({
    stream: plan.stream,
    mode: "full_refresh",
    columns,
    rereads: "merged",
    scans: false,
    inference: "optimistic",
    batch: { rows: rowsLookedAt, bytes: 2 ** 20 },
    parallelism: 1,
    signal,
  });
  for await (const message of messages) {
    if (message.type !== "batch") continue;
    const { batch } = message;
    const text = (column: number, row: number) => {
      const vector = batch.vectors[column]!;
      return isNull(vector, row) ? null : valueText(vector, batch.columns[column]!.type, row);
    };
    const rows = Array.from({ length: Math.min(batch.rows, rowsLookedAt) }, (_, row) => row);
    return new Map(rows.map((row) => [text(0, row) ?? "", text(1, row)]));
  }
  return new Map();
}

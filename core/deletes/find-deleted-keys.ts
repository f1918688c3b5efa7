import { DataError } from "../../sdk/errors.js";
import { rowsOf, shareText } from "../quality/share.js";
import { compare, type Side } from "../verify/compare.js";
import type { DeleteDetection } from "./delete-detection.js";

export interface DeletedKeysQuestion {
  readonly stream: string;
  /** Both ends, digested by their keys alone. */
  readonly source: Side;
  readonly target: Side;
  readonly detection: DeleteDetection;
}

/**
 * The keys that the table has and the source has no more, as canonical texts. Key sets are compared by digests; only buckets
 * that differ are looked into.
 * @throws DataError `deletes.source_empty` or `deletes.too_many`: what looks like a fault of the source deletes nothing
 */
export async function findDeletedKeys(question: DeletedKeysQuestion): Promise<(readonly (string | null)[])[]> {
  const { stream, source, target, detection } = question;
  const buckets = await target.buckets(0);
  const rows = buckets.reduce((sum, bucket) => sum + bucket.rows, 0);
  const most = rowsOf(detection.atMost, rows);
  const keys: (readonly (string | null)[])[] = [];
  let extra = 0;
  const { sourceRows } = await compare({
    source,
    target,
    keepsVersions: false,
    onDifference({ kind, key }) {
      if (kind !== "extra") return;
      extra++;
      // One more than may be is enough to say no; the rest need not be kept.
      if (extra <= most) keys.push(key);
    },
  });
  if (extra === 0) return [];
  const hint = "nothing was deleted: look at the source, or raise `deletes: { at_most: … }`";
  if (sourceRows === 0) {
    throw new DataError("deletes.source_empty", `stream '${stream}': the source has no rows, the table has ${rows}`, {
      stream,
      hint,
    });
  }
  if (extra > most) {
    const message = `stream '${stream}': ${extra} of ${rows} rows are gone from the source, more than ${shareText(detection.atMost)}`;
    throw new DataError("deletes.too_many", message, { stream, hint });
  }
  return keys;
}

import type { OpenDestination, StateKey } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";

const rowsLookedAt = 1000;

/** Records decisions that no load carries, unless they are the last that was said of the same column. */
export async function recordOnce(
  destination: OpenDestination,
  key: StateKey,
  records: readonly DriftRecord[],
): Promise<void> {
  const known = await destination.driftRecords(key.schema, rowsLookedAt);
  const own = known.filter(({ connection, stream }) => connection === key.connection && stream === key.stream);
  const news = records.filter((record) => {
    const last = own.find(({ entity, columnName }) => entity === record.entity && columnName === record.columnName);
    return last?.change !== record.change || last.decision !== record.decision;
  });
  if (news.length > 0) await destination.recordDrift(key, news);
}

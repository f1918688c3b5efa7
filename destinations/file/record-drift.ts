import type { DriftRecord, StateKey } from "../../sdk/index.js";
import { loggedDrift } from "./commit-entry.js";
import { driftReport, newestDrift } from "./drift-report.js";
import { schemaFolder, stateTable, tableFolder, writerTag } from "./layout.js";
import { appendEntry } from "./log/commit-log.js";
import { streamKey } from "./log/snapshot.js";
import { writeReport } from "./report-file.js";
import type { Session } from "./session.js";

/** See `OpenDestination.recordDrift`: in the log where the stream's state stands, or would stand. */
export async function recordDrift(
  { root, catalog, openDuck }: Session,
  { schema, connection, stream }: StateKey,
  records: readonly DriftRecord[],
): Promise<void> {
  const key = streamKey(connection, stream);
  const tables = await catalog.tables(schemaFolder(root, schema));
  const holder = tables.find(({ snapshot }) => snapshot.streams[key]?.released === false);
  const folder = tableFolder(root, schema, holder?.snapshot.table ?? stateTable);
  const before = await catalog.read(folder.root, schema, folder.table);
  const entry = { kind: "drift", connection, stream, epoch: 0, drift: records.map(loggedDrift) } as const;
  catalog.remember(folder.root, await appendEntry(folder.log, before, () => ({ ...entry }), writerTag(key, 0)));
  const duck = await openDuck();
  try {
    const all = await newestDrift(folder.log, Number.POSITIVE_INFINITY);
    await writeReport(root, folder, duck, driftReport(all), false);
  } finally {
    await duck.close();
  }
}

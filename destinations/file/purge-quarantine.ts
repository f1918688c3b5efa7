import { join } from "node:path";
import { type QuarantinePurge, TransientError } from "../../sdk/index.js";
import { purgeCondition } from "../../sdk/sql/quarantine-query.js";
import type { FoundTable } from "./catalog.js";
import { removeFiles } from "./cleanup.js";
import { type Duck, lazily } from "./duck.js";
import { schemaFolder, tableFolder, writerTag } from "./layout.js";
import { appendEntry } from "./log/commit-log.js";
import type { QuarantineFile } from "./log/entry.js";
import { streamKey } from "./log/snapshot.js";
import { readFiles, rewritten } from "./quarantine-files.js";
import { linkQuarantine } from "./quarantine-links.js";
import type { Session } from "./session.js";

/** See `OpenDestination.purgeQuarantine`. Files that keep some of their rows are written anew; the old ones are gone at once. */
export async function purgeQuarantine(session: Session, purge: QuarantinePurge): Promise<number> {
  const tables = await session.catalog.tables(schemaFolder(session.root, purge.schema));
  const duck = lazily(session.openDuck);
  let purged = 0;
  try {
    for (const table of tables) purged += await purgeTable(session, table, purge, duck);
  } finally {
    await (await duck.opened())?.close();
  }
  return purged;
}

async function purgeTable(
  session: Session,
  { folder: root, snapshot }: FoundTable,
  purge: QuarantinePurge,
  duck: () => Promise<Duck>,
): Promise<number> {
  const { connection, stream } = purge;
  const files = snapshot.quarantine.filter(
    (file) => file.connection === connection && (stream === undefined || file.stream === stream),
  );
  const add: QuarantineFile[] = [];
  const remove: string[] = [];
  let purged = 0;
  for (const file of files) {
    const epoch = snapshot.streams[streamKey(file.connection, file.stream)]?.epoch ?? 0;
    const tag = writerTag(streamKey(file.connection, file.stream), epoch);
    const kept = await keptRows(root, file, purge, duck);
    if (kept.rows === file.rows) continue;
    const part = `kept-${remove.length}`;
    remove.push(file.path);
    purged += file.rows - kept.rows;
    if (kept.rows === 0) continue;
    const place = { root, tag, writtenBy: Date.now() * 1000, part };
    add.push(await rewritten(await duck(), file, { ...place, select: kept.select, expected: kept.rows }));
  }
  if (remove.length === 0) return 0;
  const entry = { kind: "purge", connection, stream: stream ?? "", epoch: 0 } as const;
  const tag = writerTag(streamKey(connection, stream ?? ""), 0);
  const after = await appendEntry(
    join(root, "_log"),
    snapshot,
    (before) => {
      const present = new Set(before.quarantine.map(({ path }) => path));
      if (!remove.every((path) => present.has(path))) throw changedMeanwhile(connection);
      return { ...entry, quarantine: add, quarantine_removed: remove };
    },
    tag,
  );
  session.catalog.remember(root, after);
  await removeFiles(root, remove);
  await linkQuarantine(session.root, tableFolder(session.root, snapshot.schema ?? undefined, snapshot.table), after);
  return purged;
}

/** The rows of a file that stay. */
async function keptRows(root: string, file: QuarantineFile, purge: QuarantinePurge, duck: () => Promise<Duck>) {
  if (purge.before === undefined && purge.replayedOnly !== true) return { rows: 0, select: "" };
  const { sql, parameters } = purgeCondition(purge);
  const from = readFiles(root, [file]);
  const { rows } = await (await duck()).query(`SELECT count(*) FROM ${from} WHERE NOT (${sql})`, parameters);
  const before = purge.before?.toISOString();
  const stays = [
    ...(before === undefined ? [] : [`quarantined_at >= TIMESTAMPTZ '${before}'`]),
    ...(purge.replayedOnly === true ? ["replayed_load_id IS NULL"] : []),
  ];
  return { rows: Number(rows[0]?.[0]), select: `SELECT * FROM ${from} WHERE ${stays.join(" OR ")}` };
}

function changedMeanwhile(connection: string): TransientError {
  return new TransientError("commit.not_applied", `the quarantine of '${connection}' changed meanwhile`, {
    hint: "run it again",
  });
}

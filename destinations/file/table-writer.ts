import { join } from "node:path";
import {
  type Column,
  type Commit,
  ConfigError,
  changedColumns,
  DataError,
  rowOp,
  SluiceError,
  type Staged,
  SystemError,
  type Target,
  type Writer,
} from "../../sdk/index.js";
import { appendStage } from "./append-stage.js";
import { cleanUp } from "./cleanup.js";
import { commitEntry, dataFiles, schemasOf } from "./commit-entry.js";
import { rowGroupBytes } from "./copy-statement.js";
import { lazily } from "./duck.js";
import { keyedStage } from "./keyed-stage.js";
import { loadFolder, tableFolder } from "./layout.js";
import { appendEntry } from "./log/commit-log.js";
import { columnOf, type DataFile } from "./log/entry.js";
import { publishReports, repairReports } from "./reports.js";
import type { Session } from "./session.js";
import type { Outcome, Stage } from "./stage.js";
import { positionOf, takeOver } from "./take-over.js";

/** Writes one stream into a folder of files: staged under the load's folder, visible by one entry of the log. */
export async function openTableWriter(target: Target, session: Session): Promise<Writer> {
  const { root, catalog, config } = session;
  const folder = tableFolder(root, target.schema, target.table);
  const { connection, stream } = target;
  const keyed = target.writeMode === "merge" || target.writeMode === "scd2";
  if (keyed && session.format.name !== "parquet") throw onlyParquet(target, session.format.name);
  const taken = await takeOver({ root, folder, connection, stream, catalog });
  const { hold } = taken;
  const keepMs = config.keep_replaced * 1000;
  let snapshot = await cleanUp(folder, taken.snapshot, hold, keepMs);
  const duck = lazily(session.openDuck);
  await repairReports(session, folder, snapshot, duck);

  const overwrite = target.writeMode === "overwrite";
  const { state } = positionOf(snapshot, hold);
  const existing = snapshot.columns?.map(columnOf);
  let columns: readonly Column[] = existing ?? [];
  /** The columns that the loads before this one left. */
  let settled = columns;
  let load: { stage: Stage; outcome?: Outcome } | undefined;
  let built: DataFile[] = [];
  let schemas: ReturnType<typeof schemasOf> = {};
  let undecided = false;

  function current() {
    if (load === undefined) throw new SystemError("writer.no_load", "a load was not started");
    return load;
  }

  async function openStage(loadId: number): Promise<Stage> {
    const parts = {
      duck: await duck(),
      format: session.format,
      folder: join(folder.root, loadFolder(loadId)),
      tag: hold.tag,
      fileBytes: config.file_bytes,
      rowGroupBytes: rowGroupBytes(session.context.memoryBytes),
      loadId: target.metadataColumns ? loadId : undefined,
      endToEnd: false,
      firstPart: 0,
    };
    return keyed ? keyedStage({ target, folder: folder.root, loadId, parts }) : appendStage(parts, overwrite);
  }

  return {
    state,
    columns: existing,
    async start(coming) {
      if (overwrite || existing === undefined) columns = coming;
      settled = columns;
    },
    async startLoad(loadId) {
      load = { stage: await openStage(loadId) };
    },
    async alter(changes) {
      columns = changedColumns(columns, changes);
    },
    async write(batch) {
      if (batch.ops?.some((op) => op === rowOp.delete)) {
        throw new DataError("destination.deletes_unsupported", `'${stream}' deletes rows, which files cannot take`, {
          stream,
          hint: "load this stream into a database",
        });
      }
      await current().stage.write(batch);
    },
    async scan(scan) {
      return { read: await current().stage.scan(scan) };
    },
    async quarantine() {
      throw notYet;
    },
    async audit() {
      throw notYet;
    },
    async flush(): Promise<Staged> {
      const open = current();
      if (open.outcome === undefined) {
        snapshot = await catalog.read(folder.root, target.schema, target.table);
        positionOf(snapshot, hold);
        open.outcome = await open.stage.finish(snapshot, columns);
      }
      return { written: open.outcome.written, deduplicated: open.outcome.deduplicated };
    },
    async commit(commit: Commit) {
      const { outcome } = current();
      if (outcome === undefined) throw new SystemError("writer.not_flushed", "a load was committed before its flush");
      schemas = { ...schemas, ...schemasOf(outcome.add, session) };
      const basis = keyed ? snapshot.files : undefined;
      const ready = { hold, commit, outcome, columns, built, schemas, overwrite, basis };
      try {
        snapshot = await appendEntry(folder.log, snapshot, (before) => commitEntry(ready, before), hold.tag);
      } catch (error) {
        undecided = !(error instanceof SluiceError) || error.code === "commit.unknown";
        throw error;
      }
      load = undefined;
      settled = columns;
      built = commit.publish ? [] : [...built, ...dataFiles(commit.loadId, outcome.add, schemas)];
      catalog.remember(folder.root, snapshot);
      await publishReports(session, folder, snapshot, { hold, commit, duck: await duck() });
    },
    async abort() {
      // Where it is not known whether the commit stands, the files stay: the next run finds out and cleans up.
      if (!undecided) await load?.stage.discard();
      load = undefined;
      columns = settled;
    },
    async close() {
      if (!undecided) await load?.stage.discard();
      load = undefined;
      await (await duck.opened())?.close();
    },
  };
}

/** Merging reads the old rows back, which only Parquet gives exactly. */
function onlyParquet({ stream, writeMode }: Target, format: string): ConfigError {
  return new ConfigError(
    "destination.write_mode",
    `'${stream}': write mode ${writeMode} needs Parquet, not ${format}`,
    {
      stream,
      hint: `set \`format: parquet\`, or \`write: append\` or \`write: overwrite\``,
    },
  );
}

const notYet = new ConfigError(
  "destination.unsupported",
  "this destination keeps no quarantine and checks no tables yet",
);

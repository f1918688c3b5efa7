import {
  type Column,
  type Commit,
  ConfigError,
  changedColumns,
  changedKept,
  DataError,
  type Rename,
  rowOp,
  SluiceError,
  type Staged,
  SystemError,
  type Target,
  type Writer,
} from "../../sdk/index.js";
import { auditLoad } from "./audit.js";
import { fileChildren, refuseTaken } from "./children.js";
import { cleanUp } from "./cleanup.js";
import { commitEntry, dataFiles, schemasOf } from "./commit-entry.js";
import { lazily } from "./duck.js";
import { tableFolder } from "./layout.js";
import { appendEntry } from "./log/commit-log.js";
import { columnOf, type DataFile, loggedColumn, type QuarantineFile } from "./log/entry.js";
import { type OpenLoad, openLoad } from "./open-load.js";
import type { WrittenFile } from "./parts.js";
import { markedFiles } from "./quarantine-files.js";
import { renamesOf } from "./renames-of.js";
import { publishReports, repairReports } from "./reports.js";
import type { Session } from "./session.js";
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
  await refuseTaken(session, target);
  const share = (target.children ?? []).length === 0 ? "whole" : "part";
  const duck = lazily(() => session.openDuck(share));
  const childDuck = lazily(() => session.openDuck(share));
  const children = fileChildren({ session, target, tag: hold.tag, snapshot, duck: childDuck });
  await repairReports(session, folder, snapshot, duck);

  const overwrite = target.writeMode === "overwrite";
  const { state } = positionOf(snapshot, hold);
  const existing = snapshot.columns?.map(columnOf);
  let columns: readonly Column[] = existing ?? [];
  /** Those of them that no row brings. */
  let kept: readonly Column[] = [];
  /** The columns that the loads before this one left. */
  let settled = columns;
  let load: OpenLoad | undefined;
  /** Renames of this load. */
  let renames: Rename[] = [];
  /** What earlier loads of an overwrite have written. */
  let built: DataFile[] = [];
  let builtRejected: readonly QuarantineFile[] = [];
  let schemas: ReturnType<typeof schemasOf> = {};
  let undecided = false;

  function current() {
    if (load === undefined) throw new SystemError("writer.no_load", "a load was not started");
    return load;
  }

  function flushed() {
    const done = current().flushed;
    if (done !== undefined) return done;
    throw new SystemError("writer.not_flushed", "a load is flushed before it is judged or committed");
  }

  /** The table as the load alters it. */
  const altered = () => ({ ...snapshot, renames: [...snapshot.renames, ...renames] });
  const schemasAfter = (files: readonly WrittenFile[]) => ({
    ...schemas,
    ...schemasOf(files, session, altered().renames.length),
  });

  /** Where it is not known whether the commit stands, the files stay: the next run finds out and cleans up. */
  async function endLoad(): Promise<void> {
    if (!undecided) {
      await load?.end("removed");
      await children.abort();
    }
    load = undefined;
  }

  return {
    state,
    columns: existing,
    ...(children.writers === undefined ? {} : { children: children.writers }),
    async start(coming, unbrought = []) {
      kept = unbrought.map((column) => ({ ...column, nullable: true }));
      if (overwrite || existing === undefined) columns = [...coming, ...kept];
      settled = columns;
    },
    async startLoad(id) {
      load = openLoad({ session, target, folder, hold, duck: await duck(), id });
      await children.startLoad(id);
    },
    async alter(changes) {
      if (!overwrite) renames.push(...renamesOf(columns, changes));
      columns = changedColumns(columns, changes);
      kept = changedKept(kept, changes);
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
    quarantine: (rows) => current().spool.add(rows),
    async flush(): Promise<Staged> {
      const open = current();
      if (open.flushed === undefined) {
        snapshot = await catalog.read(folder.root, target.schema, target.table);
        positionOf(snapshot, hold);
        const outcome = await open.stage.finish(altered(), columns, kept);
        await children.flush(snapshot, outcome.standing);
        const rejected = await open.spool.finish(await duck());
        open.flushed = { outcome, rejected: rejected === undefined ? [] : [rejected] };
      }
      const { written, deduplicated } = open.flushed.outcome;
      return { written, deduplicated };
    },
    async audit(checks) {
      const { outcome } = flushed();
      const known = schemasAfter(outcome.add);
      const before = altered();
      const added = dataFiles(current().id, outcome.add, known, before.renames.length);
      const kept = overwrite ? built : before.files.filter(({ path }) => !outcome.remove.includes(path));
      const after = {
        ...before,
        columns: columns.map(loggedColumn),
        schemas: { ...before.schemas, ...known },
        files: [...kept, ...added],
      };
      const load = { duck: await duck(), target, folder: folder.root, snapshot: after, added, outcome };
      return await auditLoad(session, load, checks);
    },
    async commit(commit: Commit) {
      const { outcome, rejected } = flushed();
      const own = snapshot.quarantine.filter((file) => file.connection === connection && file.stream === stream);
      const replay = { root: folder.root, tag: hold.tag, stream, loadId: commit.loadId, ids: commit.replayed };
      const marked = await markedFiles(await duck(), { ...replay, files: own });
      schemas = schemasAfter(outcome.add);
      const renamesBefore = snapshot.renames.length;
      const quarantine = { add: [...builtRejected, ...rejected, ...marked.add], remove: marked.remove };
      const basis = keyed ? snapshot.files : undefined;
      const change = { columns, renames, renamesBefore, quarantine };
      const tables = { basis, children: children.ready(snapshot) };
      const ready = { hold, commit, outcome, built, schemas, overwrite, ...tables, ...change };
      try {
        snapshot = await appendEntry(folder.log, snapshot, (before) => commitEntry(ready, before), hold.tag);
      } catch (error) {
        undecided = !(error instanceof SluiceError) || error.code === "commit.unknown";
        throw error;
      }
      await current().end("kept");
      load = undefined;
      settled = columns;
      const files = dataFiles(commit.loadId, outcome.add, schemas, renamesBefore + renames.length);
      const waits = overwrite && !commit.publish;
      built = waits ? [...built, ...files] : [];
      builtRejected = waits ? quarantine.add : [];
      renames = [];
      children.committed(commit.loadId, waits);
      catalog.remember(folder.root, snapshot);
      await publishReports(session, folder, snapshot, { hold, commit, duck: await duck() });
    },
    async abort() {
      await endLoad();
      columns = settled;
      renames = [];
    },
    async close() {
      await endLoad();
      await (await duck.opened())?.close();
      await (await childDuck.opened())?.close();
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

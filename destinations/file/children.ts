import {
  type ChildTarget,
  type ChildWriter,
  type Column,
  ConfigError,
  changedColumns,
  changedKept,
  type Rename,
  SystemError,
  type Target,
} from "../../sdk/index.js";
import { childTarget } from "../../sdk/sql/child-writer.js";
import { type ChildStage, childStage } from "./child-stage.js";
import { dataFiles, type ReadyTable, schemasOf } from "./commit-entry.js";
import type { Duck } from "./duck.js";
import { type TableFolder, tableFolder } from "./layout.js";
import { columnOf, type DataFile } from "./log/entry.js";
import { childSnapshot, type Snapshot } from "./log/snapshot.js";
import { partsOfLoad } from "./open-load.js";
import { renamesOf } from "./renames-of.js";
import type { Session } from "./session.js";
import { type SharedLoads, sharedLoads } from "./shared-loads.js";
import type { Outcome } from "./stage.js";

/** The child tables of a stream's loads: folders of their own, committed by the entries of the stream's log. */
export interface FileChildren {
  /** By their names; undefined where there are none. */
  readonly writers: ReadonlyMap<string, ChildWriter> | undefined;
  startLoad(id: number): Promise<void>;
  /** Makes files of the load's rows; `before` is the stream's table as the load finds it. */
  flush(before: Snapshot, standing: string | undefined): Promise<void>;
  /** What the load comes to, by table. */
  ready(before: Snapshot): ReadonlyMap<string, ReadyTable>;
  /** The load was committed; `waits`: to be published by a later one. */
  committed(loadId: number, waits: boolean): void;
  abort(): Promise<void>;
}

interface ChildrenOptions {
  readonly session: Session;
  readonly target: Target;
  readonly tag: string;
  readonly snapshot: Snapshot;
  duck(): Promise<Duck>;
}

export function fileChildren(options: ChildrenOptions): FileChildren {
  const children = (options.target.children ?? []).map((child, at) => fileChild(options, child, at));
  let loads: SharedLoads | undefined;
  return {
    writers: children.length === 0 ? undefined : new Map(children.map(({ name, writer }) => [name, writer])),
    async startLoad(id) {
      if (children.length === 0) return;
      const duck = await options.duck();
      loads ??= sharedLoads(duck);
      for (const child of children) child.startLoad(id, duck, loads);
    },
    async flush(before, standing) {
      for (const child of children) await child.flush(before, standing);
    },
    ready: (before) => new Map(children.map((child) => [child.table, child.ready(before)])),
    committed(loadId, waits) {
      for (const child of children) child.committed(loadId, waits);
    },
    async abort() {
      for (const child of children) await child.abort();
    },
  };
}

/** @throws ConfigError `target.not_a_child` where the folder is that of a table with a log of its own */
export async function refuseTaken(
  { root, catalog }: Session,
  { schema, stream, children = [] }: Target,
): Promise<void> {
  for (const { table } of children) {
    const folder = tableFolder(root, schema, table);
    if ((await catalog.read(folder.root, schema, table)).seq === 0) continue;
    throw new ConfigError("target.not_a_child", `'${stream}': ${folder.root} is a table of its own already`, {
      stream,
      hint: "name another one: nested: { path: { child_table: name } }, or remove that folder",
    });
  }
}

function fileChild({ session, target, tag, snapshot }: ChildrenOptions, child: ChildTarget, at: number) {
  const own = childTarget(target, child);
  const folder: TableFolder = tableFolder(session.root, target.schema, child.table);
  const overwrite = target.writeMode === "overwrite";
  const existing = snapshot.children[child.table]?.columns?.map(columnOf);
  let columns: readonly Column[] = existing ?? [];
  /** Those of them that no row brings. */
  let kept: readonly Column[] = [];
  /** The columns that the loads before this one left. */
  let settled = columns;
  let renames: Rename[] = [];
  /** What earlier loads of an overwrite have written. */
  let built: DataFile[] = [];
  let schemas: ReturnType<typeof schemasOf> = {};
  let load:
    | { readonly stage: ChildStage; outcome?: Pick<Outcome, "add" | "remove">; renamesBefore: number }
    | undefined;

  function current() {
    if (load === undefined) throw new SystemError("writer.no_load", "a load was not started");
    return load;
  }

  function outcomeOf() {
    const { outcome } = current();
    if (outcome !== undefined) return outcome;
    throw new SystemError("writer.not_flushed", "a load is flushed before it is committed");
  }

  const writer: ChildWriter = {
    columns: existing,
    async start(coming, unbrought = []) {
      kept = unbrought.map((column) => ({ ...column, nullable: true }));
      if (overwrite || existing === undefined) columns = [...coming, ...kept];
      settled = columns;
    },
    async alter(changes) {
      if (!overwrite) renames.push(...renamesOf(columns, changes));
      columns = changedColumns(columns, changes);
      kept = changedKept(kept, changes);
    },
    write: (batch) => current().stage.write(batch),
  };

  return {
    name: child.name,
    table: child.table,
    writer,
    startLoad(id: number, duck: Duck, loads: SharedLoads) {
      const parts = partsOfLoad({ session, target: own, folder, tag, duck, id });
      const place = { target: own, folder: folder.root, loadId: id, parts };
      load = { stage: childStage({ ...place, loads, staged: `child_${at}` }), renamesBefore: 0 };
    },
    async flush(before: Snapshot, standing: string | undefined) {
      const open = current();
      if (open.outcome !== undefined) return;
      const table = childSnapshot(before, child.table);
      open.renamesBefore = table.renames.length;
      const altered = { ...table, renames: [...table.renames, ...renames] };
      open.outcome = await open.stage.finish({ snapshot: altered, columns, kept, standing });
      schemas = { ...schemas, ...schemasOf(open.outcome.add, session, altered.renames.length) };
    },
    ready(before: Snapshot): ReadyTable {
      const basis = target.writeMode === "merge" ? childSnapshot(before, child.table).files : undefined;
      const { renamesBefore } = current();
      return { outcome: outcomeOf(), columns, built, schemas, renames, renamesBefore, basis };
    },
    committed(loadId: number, waits: boolean) {
      const { renamesBefore } = current();
      const files = dataFiles(loadId, outcomeOf().add, schemas, renamesBefore + renames.length);
      built = waits ? [...built, ...files] : [];
      settled = columns;
      renames = [];
      load = undefined;
    },
    async abort() {
      await load?.stage.discard();
      load = undefined;
      columns = settled;
      renames = [];
    },
  };
}

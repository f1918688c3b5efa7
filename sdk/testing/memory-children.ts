import { unpack } from "../batch/unpack.js";
import { type ChildTarget, type ChildWriter, parentRowColumn } from "../child-table.js";
import type { Target } from "../destination.js";
import { SystemError } from "../errors.js";
import { changedColumns, changedKept } from "../schema/changed-columns.js";
import { renamesFirst } from "../schema/renames-first.js";
import type { Column } from "../schema/stream.js";
import { type MemoryRow, type MemoryStore, type StoredTable, tableKey } from "./memory-store.js";
import { identity, renameColumns, widenRows } from "./memory-table.js";

/** What became of the parent's rows in a load. */
export interface SettledParents {
  /** The ordinals of those that stand because of it. */
  readonly standing: ReadonlySet<number>;
  /** Keys whose children go, as `parentKeyOf` writes them. */
  readonly replaced: ReadonlySet<string>;
}

/** One child table and what a load brings of it. */
export interface MemoryChild {
  readonly writer: ChildWriter;
  startLoad(): void;
  /** What the table is once the load is in. */
  settle(parents: SettledParents, mark: (row: MemoryRow) => MemoryRow): StoredTable;
  commit(settled: StoredTable, visible: boolean): void;
}

/** A key as the child rows that belong to it are found by. */
export function parentKeyOf(row: MemoryRow, columns: readonly string[]): string {
  return columns.map((name) => identity(row[name] ?? null)).join("\u0000");
}

export function memoryChild(store: MemoryStore, target: Target, child: ChildTarget): MemoryChild {
  const name = tableKey({ schema: target.schema, table: child.table });
  const rebuilds = target.writeMode === "overwrite";
  let columns: readonly Column[] | undefined;
  let kept: readonly Column[] = [];
  let base = rebuilds ? undefined : store.tables.get(name);
  let load: { readonly rows: MemoryRow[]; base: StoredTable | undefined } = { rows: [], base };

  function started(): readonly Column[] {
    if (columns !== undefined) return columns;
    throw new SystemError("child.not_started", `${target.stream}: child '${child.name}' was not started`);
  }

  return {
    writer: {
      columns: store.tables.get(name)?.columns,
      async start(announced, unbrought = []) {
        columns = announced;
        kept = unbrought;
      },
      async alter(changes) {
        columns = changedColumns(started(), changes);
        kept = changedKept(kept, changes);
        load.base &&= renameColumns(load.base, renamesFirst(changes).renames);
      },
      async write(batch) {
        load.rows.push(...unpack(batch));
      },
    },
    startLoad() {
      load = { rows: [], base };
    },
    settle({ standing, replaced }, mark) {
      const all = [...started(), ...kept.map((column) => ({ ...column, nullable: true }))];
      const current = load.base === undefined ? [] : widenRows(load.base, all);
      const stay = current.filter((row) => !replaced.has(parentKeyOf(row, child.parentKey)));
      const come = load.rows.flatMap(({ [parentRowColumn]: parent, ...row }) =>
        standing.has(Number(parent)) ? [mark(row)] : [],
      );
      return { columns: all, rows: [...stay, ...come] };
    },
    commit(settled, visible) {
      base = settled;
      if (visible) store.tables.set(name, settled);
    },
  };
}

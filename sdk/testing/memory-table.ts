import { type Comparable, comparableOf, compare } from "../batch/comparable.js";
import { pack } from "../batch/pack.js";
import { type UnpackedValue, unpack } from "../batch/unpack.js";
import { valueText } from "../batch/value-text.js";
import type { Staged, Target } from "../destination.js";
import type { ColumnType } from "../schema/column-type.js";
import type { Rename } from "../schema/renames-first.js";
import type { Column } from "../schema/stream.js";
import { repack } from "./canonical-rows.js";
import type { MemoryRow, StoredTable } from "./memory-store.js";

/** A table with its columns renamed. */
export function renameColumns({ columns, rows }: StoredTable, renames: readonly Rename[]): StoredTable {
  const names = new Map(columns.map(({ name }) => [name, name]));
  for (const { from, to } of renames) {
    for (const [first, name] of names) if (name === from) names.set(first, to);
  }
  const renamed = (name: string) => names.get(name) ?? name;
  return {
    columns: columns.map((column) => ({ ...column, name: renamed(column.name) })),
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [renamed(name), value]))),
  };
}

/** Rows of a table whose columns have changed: a new column is null, a widened value keeps its meaning. */
export function widenRows({ columns, rows }: StoredTable, to: readonly Column[]): MemoryRow[] {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return rows.map((row) => {
    const own = to.map(({ name, type }): [string, UnpackedValue] => [
      name,
      widened(row[name] ?? null, types.get(name), type),
    ]);
    return { ...row, ...Object.fromEntries(own) };
  });
}

function widened(value: UnpackedValue, from: ColumnType | undefined, to: ColumnType): UnpackedValue {
  if (value === null || from === undefined || from === to) return value;
  if (to.kind === "string" || to.kind === "json") {
    return valueText(repack([{ name: "v", type: from, nullable: true }], [{ v: value }]).vectors[0]!, from, 0);
  }
  return unpack(pack([{ name: "v", type: to, nullable: true }], [{ v: value }]))[0]!.v!;
}

/** A table's rows once a load is in, and how many of the load's rows stand there because of it. */
export interface Settled extends Staged {
  readonly rows: readonly MemoryRow[];
  /** Which of the rows given stand there because of it, counted from 0. */
  readonly standing: ReadonlySet<number>;
}

/** What a load makes of a table's rows, by the write mode. */
export function settleLoad(current: readonly MemoryRow[], given: readonly MemoryRow[], load: LoadFacts): Settled {
  const staged = withKept(given, current, load);
  switch (load.target.writeMode) {
    case "append":
    case "overwrite":
      return {
        rows: [...current, ...staged.map(load.mark)],
        ...{ written: staged.length, deduplicated: 0, standing: new Set(staged.keys()) },
      };
    case "merge":
      return mergeLoad(current, staged, load);
    case "scd2":
      return historyLoad(current, staged, load);
  }
}

export interface LoadFacts {
  readonly target: Target;
  readonly columns: readonly Column[];
  /** Columns of the table that no row brings. */
  readonly kept: readonly Column[];
  /** When the load's versions begin, with scd2. */
  readonly now: string;
  /** As in `LoadOptions`. */
  readonly asOf: number | undefined;
  /** Adds the load id where rows carry it. */
  mark(row: MemoryRow): MemoryRow;
}

/** Rows with what the ones they replace have in the columns that no row brings. */
function withKept(rows: readonly MemoryRow[], current: readonly MemoryRow[], load: LoadFacts): readonly MemoryRow[] {
  if (load.kept.length === 0) return rows;
  const { writeMode } = load.target;
  const isKeyed = writeMode === "merge" || writeMode === "scd2";
  const old = new Map(current.filter((row) => row._sluice_valid_to == null).map((row) => [keyOf(row, load), row]));
  return rows.map((row) => {
    const before = isKeyed ? old.get(keyOf(row, load)) : undefined;
    return { ...row, ...Object.fromEntries(load.kept.map(({ name }) => [name, before?.[name] ?? null])) };
  });
}

function mergeLoad(current: readonly MemoryRow[], staged: readonly MemoryRow[], load: LoadFacts): Settled {
  const newest = notOutrun(newestByKey(staged, load), current, load);
  const kept = current.filter((row) => !newest.has(keyOf(row, load)));
  const rows = [...kept, ...[...newest.values()].map(load.mark)];
  return { rows, ...counted(newest, staged) };
}

function historyLoad(current: readonly MemoryRow[], staged: readonly MemoryRow[], load: LoadFacts): Settled {
  const open = current.filter((row) => row._sluice_valid_to === null);
  const newest = notOutrun(newestByKey(staged, load), open, load);
  const rows: MemoryRow[] = [];
  for (const row of current) {
    const key = keyOf(row, load);
    const next = newest.get(key);
    const open = row._sluice_valid_to === null;
    if (open && next !== undefined && sameValues(row, next, load.columns)) newest.delete(key);
    const closes = open && (newest.has(key) || (next === undefined && load.target.fullRefresh));
    rows.push(closes ? { ...row, _sluice_valid_to: load.now } : row);
  }
  for (const row of newest.values())
    rows.push({ ...load.mark(row), _sluice_valid_from: load.now, _sluice_valid_to: null });
  return { rows, ...counted(newest, staged) };
}

function counted(newest: ReadonlyMap<string, MemoryRow>, staged: readonly MemoryRow[]): Omit<Settled, "rows"> {
  const written = new Set(newest.values());
  const standing = new Set([...staged.keys()].filter((at) => written.has(staged[at]!)));
  return { written: newest.size, deduplicated: staged.length - newest.size, standing };
}

/** The greatest cursor of each key; among equals the row written last. */
function newestByKey(staged: readonly MemoryRow[], load: LoadFacts): Map<string, MemoryRow> {
  const newest = new Map<string, MemoryRow>();
  for (const row of staged) {
    const key = keyOf(row, load);
    const known = newest.get(key);
    if (known === undefined || !isOlder(row, known, load)) newest.set(key, row);
  }
  return newest;
}

/** Without the rows over which the table has something newer. */
function notOutrun(
  newest: Map<string, MemoryRow>,
  current: readonly MemoryRow[],
  load: LoadFacts,
): Map<string, MemoryRow> {
  const { asOf, target } = load;
  if (asOf === undefined) return newest;
  for (const row of current) {
    const next = newest.get(keyOf(row, load));
    if (next === undefined) continue;
    const id = row._sluice_load_id;
    const isLater = typeof id === "bigint" && (id > BigInt(asOf) || (id === BigInt(asOf) && !isOlder(row, next, load)));
    if (isLater || (target.cursorField !== undefined && isOlder(next, row, load))) newest.delete(keyOf(row, load));
  }
  return newest;
}

function isOlder(row: MemoryRow, known: MemoryRow, { target, columns }: LoadFacts): boolean {
  const column = columns.find(({ name }) => name === target.cursorField);
  if (column === undefined) return false;
  const cursor = (one: MemoryRow): Comparable | undefined => comparableOf(one[column.name], column);
  const [left, right] = [cursor(row), cursor(known)];
  if (left === undefined || right === undefined) return left === undefined && right !== undefined;
  return compare(left, right) < 0;
}

export function keyOf(row: MemoryRow, { target }: LoadFacts): string {
  return target.primaryKey.map((name) => identity(row[name] ?? null)).join("\u0000");
}

function sameValues(a: MemoryRow, b: MemoryRow, columns: readonly Column[]): boolean {
  return columns.every(({ name }) => identity(a[name] ?? null) === identity(b[name] ?? null));
}

/** A text that two values share only where they are the same value. */
export function identity(value: UnpackedValue): string {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (typeof value === "object" && value !== null) return `[${value.map(identity).join(",")}]`;
  return `${typeof value} ${Object.is(value, -0) ? "-0" : JSON.stringify(String(value))}`;
}

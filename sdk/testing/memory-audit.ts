import { comparableOf, compare } from "../batch/comparable.js";
import { dateInfinity, timestampInfinity } from "../batch/vector.js";
import { freshnessResult, holdsByKey, rowCountResult } from "../check-results.js";
import type { Target } from "../destination.js";
import { ConfigError } from "../errors.js";
import type { Column } from "../schema/stream.js";
import type { CheckResult, FreshnessCheck, RelationshipCheck, TableCheck } from "../table-check.js";
import { jsonOf } from "./memory-json.js";
import { type MemoryRow, type MemoryStore, tableKey } from "./memory-store.js";
import { identity, type Settled } from "./memory-table.js";

export interface AuditedLoad {
  readonly store: MemoryStore;
  readonly target: Target;
  readonly columns: readonly Column[];
  readonly staged: readonly MemoryRow[];
  readonly settled: Settled;
}

/** One check of a load that is staged in memory. */
export function memoryAudit(check: TableCheck, load: AuditedLoad): CheckResult {
  const { target, settled } = load;
  const current = settled.rows.filter(isStanding);
  switch (check.type) {
    case "unique": {
      if (holdsByKey(check, target)) return { failed: 0, examples: [] };
      for (const name of check.columns) columnOf(name, load);
      const groups = new Map<string, MemoryRow[]>();
      for (const row of current) {
        if (check.columns.some((name) => row[name] == null)) continue;
        const values = check.columns.map((name) => identity(row[name]!)).join("\u0000");
        groups.set(values, [...(groups.get(values) ?? []), row]);
      }
      const doubled = [...groups.values()].filter(({ length }) => length > 1);
      const failed = doubled.reduce((sum, { length }) => sum + length, 0);
      return { failed, examples: doubled.slice(0, 3).map(([row]) => shown(row!, check.columns)) };
    }
    case "row_count":
      return rowCountResult(check, target.writeMode === "overwrite" ? current.length : settled.written);
    case "freshness":
      return freshnessResult(check, newest(check, current, load));
    case "relationship": {
      const others = referred(check, load, current);
      columnOf(check.column, load);
      const known = new Set(others.map((row) => String(row[check.references])));
      const failing = load.staged.filter((row) => row[check.column] != null && !known.has(String(row[check.column])));
      return { failed: failing.length, examples: failing.slice(0, 3).map((row) => shown(row, [check.column])) };
    }
  }
}

/** Of a history the current version, and nowhere one that is marked as deleted. */
function isStanding(row: MemoryRow): boolean {
  return row._sluice_valid_to == null && row._sluice_deleted_at == null;
}

function columnOf(name: string, { columns }: AuditedLoad): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new ConfigError("check.no_column", `the table has no column '${name}'`, { column: name });
}

function newest(check: FreshnessCheck, rows: readonly MemoryRow[], load: AuditedLoad) {
  const column = columnOf(check.column, load);
  if (!["date", "datetime", "timestamp"].includes(column.type.kind)) {
    throw new ConfigError("check.no_time", `freshness: column '${check.column}' is no date, datetime or timestamp`, {
      column: check.column,
      hint: "name a column that says when a row was made or changed",
    });
  }
  const infinity = column.type.kind === "date" ? dateInfinity : timestampInfinity;
  const values = rows.flatMap((row) => {
    const at = comparableOf(row[column.name], column);
    const isReal = at !== undefined && at !== infinity && at !== -infinity;
    return isReal ? [{ at, text: String(row[column.name]) }] : [];
  });
  const last = values.sort((a, b) => compare(a.at, b.at)).at(-1);
  if (last === undefined) return undefined;
  const epochMs = column.type.kind === "date" ? Number(last.at) * 86_400_000 : Number(last.at) / 1000;
  return { text: last.text, epochMs };
}

function referred(check: RelationshipCheck, { store, target }: AuditedLoad, own: readonly MemoryRow[]) {
  if (tableKey(check) === tableKey(target)) return own;
  const other = store.tables.get(tableKey(check));
  if (other?.columns.some(({ name }) => name === check.references)) return other.rows.filter(isStanding);
  const place = `${tableKey(check)}.${check.references}`;
  throw new ConfigError("check.no_reference", `relationship: there is no column ${place}`, {
    column: check.column,
    hint: "load the table that is referred to first, and name a column it has",
  });
}

function shown(row: MemoryRow, columns: readonly string[]) {
  return Object.fromEntries(columns.map((name) => [name, jsonOf(row[name] ?? null)]));
}

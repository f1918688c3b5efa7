import { unpack } from "../batch/unpack.js";
import type { Commit, StateKey, StateRow, Target, Writer } from "../destination.js";
import { DataError, SystemError, TransientError } from "../errors.js";
import type { QuarantinedRow } from "../quarantine.js";
import { changedColumns, changedKept } from "../schema/changed-columns.js";
import { renamesFirst } from "../schema/renames-first.js";
import type { Column } from "../schema/stream.js";
import { memoryAudit } from "./memory-audit.js";
import { memoryChild, parentKeyOf } from "./memory-children.js";
import { commitQuarantine, dropKnownRejects, refuseReplayed } from "./memory-quarantine.js";
import { type MemoryRemoval, removeRows } from "./memory-removal.js";
import type { MemoryRow, MemoryStore, StoredTable } from "./memory-store.js";
import { stateKey, tableKey } from "./memory-store.js";
import { renameColumns, type Settled, settleLoad, widenRows } from "./memory-table.js";

interface Load {
  readonly id: number;
  readonly asOf: number | undefined;
  readonly rows: MemoryRow[];
  readonly removals: MemoryRemoval[];
  readonly rejects: QuarantinedRow[];
  /** The table as the load finds it, its columns renamed. */
  base: StoredTable | undefined;
  settled?: SettledLoad;
}

/** The tables once a load is in. */
interface SettledLoad extends Settled {
  /** By name. */
  readonly children: ReadonlyMap<string, StoredTable>;
}

/** Writes one stream into a store: what is staged stands in the writer, and a commit puts it there in one step. */
export function memoryWriter(store: MemoryStore, target: Target, taken: StateRow & StateKey): Writer {
  const name = tableKey(target);
  const rebuilds = target.writeMode === "overwrite";
  const children = new Map(target.children?.map((child) => [child.name, memoryChild(store, target, child)]));
  let columns: readonly Column[] = [];
  let kept: readonly Column[] = [];
  let base: StoredTable | undefined = rebuilds ? undefined : store.tables.get(name);
  let load: Load | undefined;
  let row = taken;

  function stillOurs(): void {
    if (store.states.get(stateKey(target))?.epoch === row.epoch) return;
    throw new TransientError("destination.fenced", `another writer has taken over stream '${target.stream}'`, {
      stream: target.stream,
      hint: "let the newer run finish",
    });
  }

  function underWay() {
    stillOurs();
    if (load !== undefined) return load;
    throw new SystemError("load.none", "no load is under way", { stream: target.stream });
  }

  function tableColumns(): readonly Column[] {
    return [...columns, ...kept.map((column) => ({ ...column, nullable: true }))];
  }

  function settle(): SettledLoad {
    const { id, asOf, rows, removals, base: found } = underWay();
    const current = found === undefined ? [] : widenRows(found, tableColumns());
    const mark = (one: MemoryRow) => (target.metadataColumns ? { ...one, _sluice_load_id: BigInt(id) } : one);
    const facts = { target, columns, kept, now: instantOf(id), asOf, mark };
    const removed = removeRows(current, removals, facts);
    const settled = settleLoad(removed.rows, rows, facts);
    const gone = [
      ...rows.filter((_, at) => settled.standing.has(at)),
      ...removals.filter(({ how }) => how === "hard").map(({ key }) => key),
    ];
    const keyed = target.writeMode === "merge" ? gone : [];
    const replaced = new Set(keyed.map((one) => parentKeyOf(one, target.primaryKey)));
    const parents = { standing: settled.standing, replaced };
    return {
      ...{ rows: settled.rows, standing: settled.standing },
      children: new Map([...children].map(([child, { settle }]) => [child, settle(parents, mark)])),
      written: settled.written + removed.written,
      deduplicated: settled.deduplicated + removed.deduplicated,
    };
  }

  return {
    state: taken.state,
    columns: store.tables.get(name)?.columns,
    children: new Map([...children].map(([child, { writer }]) => [child, writer])),
    async start(announced, unbrought = []) {
      stillOurs();
      columns = announced;
      kept = unbrought;
    },
    async startLoad(id, { asOf } = {}) {
      stillOurs();
      load = { id, asOf, rows: [], removals: [], rejects: [], base };
      for (const child of children.values()) child.startLoad();
    },
    async alter(changes) {
      const current = underWay();
      columns = changedColumns(columns, changes);
      kept = changedKept(kept, changes);
      current.base &&= renameColumns(current.base, renamesFirst(changes).renames);
    },
    async write(batch) {
      const { rows } = underWay();
      for (const one of unpack(batch)) {
        refuseNullKey(one, target);
        rows.push(one);
      }
    },
    async remove(keys, how) {
      const { removals } = underWay();
      for (const key of unpack(keys)) removals.push({ key, how });
    },
    async quarantine(rejects) {
      underWay().rejects.push(...rejects);
    },
    async dropKnownRejects(since) {
      const { id, rejects } = underWay();
      return dropKnownRejects(store, target, { id, since, rejects });
    },
    async flush() {
      const current = underWay();
      current.settled = settle();
      const { written, deduplicated } = current.settled;
      return { written, deduplicated };
    },
    async audit(checks) {
      const { rows, settled = settle() } = underWay();
      return checks.map((check) => memoryAudit(check, { store, target, columns, staged: rows, settled }));
    },
    async commit(commit) {
      const { settled = settle(), rejects } = underWay();
      refuseReplayed(store, target, commit);
      base = { columns: tableColumns(), rows: settled.rows };
      const visible = !rebuilds || commit.publish;
      if (visible) store.tables.set(name, base);
      for (const [child, table] of settled.children) children.get(child)?.commit(table, visible);
      row = committedRow(row, commit);
      store.states.set(stateKey(target), row);
      store.loads.push(loadRow(target, commit));
      commitQuarantine(store, target, { commit, rejects });
      load = undefined;
    },
    async abort() {
      load = undefined;
    },
    async close() {
      load = undefined;
    },
  };
}

function refuseNullKey(row: MemoryRow, { primaryKey, stream }: Target): void {
  const missing = primaryKey.find((column) => row[column] === null);
  if (missing === undefined) return;
  const shown = JSON.stringify(row, (_, value) => (typeof value === "bigint" ? String(value) : value));
  throw new DataError(
    "merge.null_key",
    `stream '${stream}': a row has no value in its key column '${missing}': ${shown}`,
    {
      stream,
      column: missing,
      row: shown,
      hint: "choose a key that every row has",
    },
  );
}

function committedRow(row: StateRow & StateKey, { loadId, state, schemaHash }: Commit): StateRow & StateKey {
  return { ...row, seq: row.seq + 1, loadId, state, schemaHash, committedAt: new Date() };
}

function loadRow({ connection, stream, schema, table }: Target, { loadId, state, ledger }: Commit) {
  const tableName = tableKey({ schema, table });
  return { ...ledger, schema, loadId, connection, stream, tableName, committedAt: new Date(), stateAfter: state };
}

/** Load ids are microseconds since 1970. */
function instantOf(loadId: number): string {
  const micros = String(loadId % 1_000_000).padStart(6, "0");
  const seconds = new Date(Math.floor(loadId / 1_000_000) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${seconds}.${micros}+00`;
}

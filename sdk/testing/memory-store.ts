import type { UnpackedValue } from "../batch/unpack.js";
import type { LoadRow, StateKey, StateRow } from "../destination.js";
import type { DriftRow } from "../drift-record.js";
import type { QuarantineRow } from "../quarantine.js";
import type { Column } from "../schema/stream.js";

/** A row as the memory destination holds it. */
export type MemoryRow = Readonly<Record<string, UnpackedValue>>;

/** A committed table: its own columns, and its rows with the `_sluice_*` columns that the write mode adds. */
export interface StoredTable {
  readonly columns: readonly Column[];
  readonly rows: readonly MemoryRow[];
}

/** What the memory destination holds: it outlives `open` and `close`, as a database does. */
export interface MemoryStore {
  /** By `schema.table`, or `table` where there is no schema. */
  readonly tables: Map<string, StoredTable>;
  readonly states: Map<string, StateRow & StateKey>;
  readonly loads: (LoadRow & InSchema)[];
  readonly drift: (DriftRow & InSchema)[];
  readonly quarantine: (QuarantineRow & InSchema)[];
}

interface InSchema {
  readonly schema: string | undefined;
}

export function memoryStore(): MemoryStore {
  return { tables: new Map(), states: new Map(), loads: [], drift: [], quarantine: [] };
}

/** Raises the epoch of a stream, which fences every writer before; returns its state. */
export function raiseEpoch(store: MemoryStore, { schema, connection, stream }: StateKey): StateRow & StateKey {
  const nothing = { seq: 0, loadId: undefined, state: undefined, schemaHash: undefined, committedAt: undefined };
  const key = { schema, connection, stream };
  const known = store.states.get(stateKey(key)) ?? { ...nothing, ...key, epoch: 0 };
  const row = { ...known, epoch: known.epoch + 1 };
  store.states.set(stateKey(key), row);
  return row;
}

/** The key of a table in `MemoryStore.tables`. */
export function tableKey({ schema, table }: { readonly schema: string | undefined; readonly table: string }): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

/** The key of a state in `MemoryStore.states`. */
export function stateKey({ schema, connection, stream }: StateKey): string {
  return JSON.stringify([schema ?? null, connection, stream]);
}

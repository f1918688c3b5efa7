import type { z } from "zod";
import type { Batch } from "./batch/batch.js";
import type { ChildTarget, ChildWriter } from "./child-table.js";
import type { ConnectorContext } from "./context.js";
import type { DigestRequest, Digests } from "./digest.js";
import type { DriftRecord, DriftRow } from "./drift-record.js";
import type { Json } from "./json.js";
import type { EncodedRows, Scan } from "./messages.js";
import type { QuarantinedRow, QuarantinePurge, QuarantineQuery, QuarantineRow } from "./quarantine.js";
import type { SchemaChange } from "./schema/schema-change.js";
import type { Column, WriteMode } from "./schema/stream.js";
import type { CheckResult, TableCheck } from "./table-check.js";

export type { SchemaChange } from "./schema/schema-change.js";

/** A kind of destination: an object literal. Its `config` is the one declaration of its settings. */
export interface Destination<Config extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly config: Config;
  readonly capabilities: Capabilities;
  open(config: z.output<Config>, context: ConnectorContext): Promise<OpenDestination>;
}

export interface Capabilities {
  readonly writeModes: readonly WriteMode[];
  /** Longest identifier in bytes of UTF-8. */
  readonly maxIdentifierBytes: number;
  /** Whether names that differ only by case are one name. */
  readonly caseInsensitive: boolean;
  /** Where tables go when the user names no schema; undefined where there are no schemas. */
  readonly defaultSchema: string | undefined;
  /** Removes keys, and tells what a load may replace: `Writer.remove` and `LoadOptions.asOf`. */
  readonly removes: boolean;
  /** Has the embedded DuckDB and runs `Scan`s in it. */
  readonly scans: boolean;
  /** Writes child tables: `Target.children`, in every write mode it has but scd2. */
  readonly childTables: boolean;
}

/** An opened destination. `close` comes last and once; it commits nothing. */
export interface OpenDestination {
  /**
   * Reaches the system and tries what a sync needs, leaving nothing behind.
   * @throws ConfigError or TransientError that names what is missing and the fix
   */
  check(): Promise<void>;
  /**
   * Called with all streams of a connection before the first one begins, and by a plan.
   * @throws ConfigError where the place cannot take them together
   */
  refuseStreams?(streams: readonly string[]): void;
  /**
   * Takes over one stream: raises the epoch in `_sluice_state`, so that every earlier writer of this connection and
   * stream is fenced, and reads the committed state. Removes what a killed run left behind. No row of the target is touched.
   */
  begin(target: Target): Promise<Writer>;
  /** The committed states in a schema; empty where there are none. */
  states(schema: string | undefined): Promise<StateRow[]>;
  /** Replaces the state of one stream (undefined: forgets it), raising the epoch so that a running writer is fenced. */
  putState(key: StateKey, state: Json | undefined): Promise<void>;
  /** The ledger of a schema, newest load first. */
  loads(schema: string | undefined, limit: number): Promise<LoadRow[]>;
  /** A page of the quarantine, by load and number, the oldest first. */
  quarantined(query: QuarantineQuery): Promise<QuarantineRow[]>;
  /** Removes quarantined rows for good; returns how many. */
  purgeQuarantine(purge: QuarantinePurge): Promise<number>;
  /** Records schema decisions that no load carries, such as a stop; epoch and state stay as they are. */
  recordDrift(key: StateKey, records: readonly DriftRecord[]): Promise<void>;
  /** The schema decisions of a schema, the newest first; those made together in their order. */
  driftRecords(schema: string | undefined, limit: number): Promise<DriftRow[]>;
  /**
   * What a load would run to make or alter its table, in the destination's own language, where it has one; nothing is
   * changed. A table that is rebuilt is made under a name of its own and swapped in.
   */
  statements?(target: Target, change: TargetChange): Promise<readonly string[]>;
  /**
   * The views, materialised ones too, that such a load would break, or that would stop it: those on columns that it renames
   * or takes away, or to which it gives another type, as far as that matters to the destination. Their names as SQL writes
   * them, in order; nothing is changed.
   */
  dependents?(target: Target, change: TargetChange): Promise<readonly string[]>;
  /** Digests of the rows in its tables, for `sluice verify`. */
  readonly digests?: Digests<TargetDigestRequest>;
  /** Runs a query for `sluice query`. Values are JSON, exact: integers beyond 2^53 and decimals are strings. */
  query(sql: string): Promise<QueryResult>;
  close(): Promise<void>;
}

/** Where the rows of one stream go. All names are the destination's, already distinct and short enough. */
export interface Target {
  readonly connection: string;
  /** The stream as `namespace.name`: with `connection`, the key of the state. */
  readonly stream: string;
  readonly schema: string | undefined;
  readonly table: string;
  readonly writeMode: WriteMode;
  /** Target column names; never empty for merge and scd2. */
  readonly primaryKey: readonly string[];
  /** Target column whose greatest value is a key's newest version; among equals, and where absent, the row written last. */
  readonly cursorField?: string;
  /** The whole source is read: with scd2, keys that do not come are closed. */
  readonly fullRefresh: boolean;
  /** Whether rows carry `_sluice_load_id`, and those of child tables too. */
  readonly metadataColumns: boolean;
  /** Tables of rows that belong to this one's; none with scd2, and otherwise only where there is a primary key. */
  readonly children?: readonly ChildTarget[];
}

/**
 * Writes one stream. Calls never overlap. The order is
 * `start`, then per load `startLoad (alter)* (write | writeEncoded | scan | remove | quarantine)* flush (dropKnownRejects)? (audit)* commit`, and `close` at the end;
 * `abort` may stand for any tail of a load and leaves the target as the last commit left it. After any error only `abort`
 * and `close` follow.
 *
 * Every method throws TransientError `destination.fenced` once another writer has begun: nothing was written then.
 */
export interface Writer {
  /** The committed state: the truth. Undefined before the first commit. */
  readonly state: Json | undefined;
  /** The target table's own columns as they stand (without `_sluice_*`), undefined where there is no table yet. */
  readonly columns: readonly Column[] | undefined;
  /**
   * Called once. Says which columns will come (by target names); creates the target where there is none, though nobody
   * may see it before the first commit.
   *
   * `kept` are columns of the table that no row brings. merge keeps the old row's values in them; a history neither compares
   * nor loses them: a new version carries those of the one before; elsewhere they are null.
   */
  start(columns: readonly Column[], kept?: readonly Column[]): Promise<void>;
  /** Begins a load. Ids grow. */
  startLoad(loadId: number, options?: LoadOptions): Promise<void>;
  /** Applies changes that keep every old value, before the load's first row; visible with its commit. */
  alter(changes: readonly SchemaChange[]): Promise<void>;
  /**
   * Stages a batch with the columns last announced; resolves when another may come (back-pressure). It owns the buffers, and
   * may give them back (`Batch.giveBack`).
   */
  write(batch: Batch): Promise<void>;
  /** After `start`: the encoding in which `writeEncoded` takes rows with the columns announced; undefined: none. */
  readonly encoding?: string | undefined;
  /** Stages rows in `encoding`, like `write`; but their memory is the caller's again when it resolves. */
  writeEncoded?(rows: EncodedRows): Promise<void>;
  /** Stages what a scan selects; resolves when it is done. Returns the rows as its reader counted them. */
  scan?(scan: Scan): Promise<{ read: number }>;
  /**
   * Stages keys whose rows are gone from the source, a batch of the primary key's columns; write modes merge and scd2 only.
   * What child tables have of a key goes with a row that is removed, and stays with one that is marked. Keys count as written where a row is removed, marked or closed, and otherwise as deduplicated. A key that the load also
   * writes stays.
   */
  remove?(keys: Batch, how: Removal): Promise<void>;
  /**
   * Stages rejected rows of this load for `_sluice_quarantine`, as often as may be and thousands at a time; resolves when
   * more may come. They are committed and aborted with the load, and no part of what `flush` counts.
   */
  quarantine(rows: readonly QuarantinedRow[]): Promise<void>;
  /**
   * Drops of the load's rejected rows those that wait in the quarantine already: the same stream, rule and row, from an
   * earlier load, though none before `since`, and not replayed. Returns how many. For rows that may have been read before;
   * without it all are kept.
   */
  dropKnownRejects?(since: number): Promise<number>;
  /** Waits until everything written stands at the destination, invisible, and counts it there. */
  flush(): Promise<Staged>;
  /**
   * Judges the table as it will stand after the commit, changing nothing: a result for each check, in order.
   * @throws ConfigError `check.*` for a check that this table cannot be asked
   */
  audit(checks: readonly TableCheck[]): Promise<readonly CheckResult[]>;
  /** By `ChildTarget.name`, one for each of `Target.children`; absent where there are none. */
  readonly children?: ReadonlyMap<string, ChildWriter>;
  /**
   * Data, with that of the children, quarantine, drift, state and ledger row in one atomic step. With `publish`, the table that was built aside
   * becomes the visible one in that same step (write mode overwrite; called with the last commit only).
   *
   * When the answer is lost it reconnects and compares `load_id`: it returns if the commit stands, and throws
   * TransientError `commit.not_applied` (nothing stands) or `commit.unknown` (the next run finds out).
   * @throws DataError `quarantine.already_replayed` for an id of `replayed` that is marked already or missing: nothing stands
   */
  commit(commit: Commit): Promise<void>;
  /** Drops what is staged. */
  abort(): Promise<void>;
  close(): Promise<void>;
}

/** `hard` removes the row, `soft` marks it with the load's time in `_sluice_deleted_at`; a history closes its version either way. */
export type Removal = "soft" | "hard";

export interface LoadOptions {
  /**
   * The rows of this load were read by this earlier load. With merge and scd2 what the table has of later loads stays, and
   * so does what it has of the same load or with a greater cursor, unless the row that comes has the greater cursor: such
   * rows count as deduplicated.
   */
  readonly asOf?: number;
}

/** What the destination counted of one load. written + deduplicated = what it was given. */
export interface Staged {
  /** Rows that will stand in the target because of this load. */
  readonly written: number;
  /** Rows given that will not: an older version of a key in the same load, or (scd2) a version already current. */
  readonly deduplicated: number;
}

export interface Commit {
  readonly loadId: number;
  readonly state: Json;
  readonly schemaHash: string;
  readonly publish: boolean;
  readonly ledger: Ledger;
  /** The schema decisions made for this load: rows of `_sluice_drift`. */
  readonly drift: readonly DriftRecord[];
  /** Quarantined rows of this stream that this load takes in: they are marked with its id. */
  readonly replayed: readonly string[];
}

/** The counted facts of one load: `read = written + filtered + deduplicated + quarantined`. */
export interface Ledger {
  readonly runId: string;
  readonly startedAt: Date;
  readonly stateBefore: Json | undefined;
  readonly read: number;
  readonly written: number;
  readonly filtered: number;
  readonly deduplicated: number;
  readonly quarantined: number;
  readonly bytes: number;
}

/** What is to become of a target's table. */
export interface TargetChange {
  /** As they will be. */
  readonly columns: readonly Column[];
  readonly changes: readonly SchemaChange[];
}

/** Rows of a destination's table that stand for the source's rows now: a history's current ones, none softly deleted. */
export interface TargetDigestRequest extends DigestRequest {
  readonly schema: string | undefined;
  readonly table: string;
  /** Of a child table: what belongs to a row that is softly deleted stands for nothing either. */
  readonly parent?: ParentOfTable;
}

/** The table whose rows those of a child table belong to. */
export interface ParentOfTable {
  readonly table: string;
  readonly primaryKey: readonly string[];
  /** See `ChildTarget.parentKey`. */
  readonly parentKey: readonly string[];
}

export interface StateKey {
  readonly schema: string | undefined;
  readonly connection: string;
  readonly stream: string;
}

/** A row of `_sluice_state`. */
export interface StateRow {
  readonly connection: string;
  readonly stream: string;
  readonly epoch: number;
  readonly seq: number;
  readonly loadId: number | undefined;
  readonly state: Json | undefined;
  readonly schemaHash: string | undefined;
  readonly committedAt: Date | undefined;
}

/** A row of `_sluice_loads`. */
export interface LoadRow {
  readonly loadId: number;
  readonly runId: string;
  readonly connection: string;
  readonly stream: string;
  readonly tableName: string;
  readonly startedAt: Date;
  readonly committedAt: Date;
  readonly stateBefore: Json | undefined;
  readonly stateAfter: Json | undefined;
  readonly read: number;
  readonly written: number;
  readonly filtered: number;
  readonly deduplicated: number;
  readonly quarantined: number;
  readonly bytes: number;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
}

/** Declares a destination: checks nothing at run time, infers everything at compile time. */
export function defineDestination<Config extends z.ZodType>(destination: Destination<Config>): Destination<Config> {
  return destination;
}

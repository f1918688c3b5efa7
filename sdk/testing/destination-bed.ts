import type { Batch } from "../batch/batch.js";
import type { UnpackedValue } from "../batch/unpack.js";
import type { Destination, OpenDestination, SchemaChange, Staged, Target, Writer } from "../destination.js";
import type { DriftRecord } from "../drift-record.js";
import type { Json, JsonObject } from "../json.js";
import type { QuarantinedRow } from "../quarantine.js";
import { parseType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";
import { type CanonicalRow, canonicalRows, repack, sortedRows } from "./canonical-rows.js";
import { type TestContext, testContext } from "./test-context.js";

/** A system for a destination to write to. */
export interface DestinationFixture {
  readonly name: string;
  readonly destination: Destination;
  /** Makes an empty system; returns the config that reaches it, as a user writes it. Called once, or for each test with `ownSystem`. */
  prepare(): Promise<PreparedDestination>;
  /** Whether each test has a system of its own: faster where one is made in less time than one with the tables of all tests is opened. */
  readonly ownSystem?: boolean;
  /** Whether two processes may have the system open at once. */
  readonly shared: boolean;
  /** Schema of the tables; undefined where there are no schemas. */
  readonly schema: string | undefined;
  /** Reads a table as canonical text, in any order; undefined where it does not exist. By other means than the destination's, if it can be. */
  readTable(config: JsonObject, table: TableToRead): Promise<readonly CanonicalRow[] | undefined>;
  /** The names of everything there, for the test that `check` leaves nothing behind. */
  list(config: JsonObject): Promise<readonly string[]>;
  /** Whether `readTable` works while the destination is open. */
  readonly readsWhileOpen: boolean;
  /** Types, as `formatType` writes them, whose values it may refuse with a DataError for want of a place for them. */
  readonly mayRefuse: readonly string[];
  /** Whether its storage may give 0 for -0, which it takes for equal: values are then tried without -0. */
  readonly foldsNegativeZero: boolean;
}

export interface PreparedDestination {
  readonly config: JsonObject;
  remove?(): Promise<void>;
}

export interface TableToRead {
  readonly schema: string | undefined;
  readonly table: string;
  /** The columns to read, with the types they should have. */
  readonly columns: readonly Column[];
}

export type Rows = readonly Readonly<Record<string, UnpackedValue>>[];

/** One load to be written. */
export interface LoadPlan {
  readonly rows: Rows;
  readonly columns?: readonly Column[];
  readonly changes?: readonly SchemaChange[];
  readonly state?: Json;
  readonly publish?: boolean;
  readonly drift?: readonly DriftRecord[];
  readonly replayed?: readonly string[];
  /** How many rows are rejected, some before each batch. */
  readonly rejects?: number;
  /** How long the text in a rejected row is. */
  readonly rejectBytes?: number;
  /** Rows a batch; everything in one where absent. */
  readonly batchRows?: number;
}

/** What a test of a destination works with. Everything it opens is closed after the test. */
export interface DestinationBed {
  readonly config: JsonObject;
  open(): Promise<OpenDestination>;
  /** A target of its own for this test, in append mode unless said otherwise. */
  target(overrides?: Partial<Target>): Target;
  /** Begins, and starts with columns. */
  writer(
    destination: OpenDestination,
    target: Target,
    columns: readonly Column[],
    kept?: readonly Column[],
  ): Promise<Writer>;
  /** A load id greater than all before. */
  nextLoadId(): number;
  lastLoadId(): number;
  /** Writes a load and commits it. */
  load(writer: Writer, plan: LoadPlan): Promise<Staged & { readonly loadId: number }>;
  /** Writes a load up to and including `flush`. */
  stage(writer: Writer, plan: LoadPlan): Promise<Staged & { readonly loadId: number }>;
  commit(writer: Writer, staged: Staged & { readonly loadId: number }, plan: LoadPlan): Promise<void>;
  /** The table's rows in a fixed order; undefined where there is no table. */
  read(target: Target, columns: readonly Column[]): Promise<readonly CanonicalRow[] | undefined>;
  /** Closes what is open. */
  close(): Promise<void>;
}

/** `{ id: "int64!", note: "string" }` as columns: `!` allows no null. */
export function columnsOf(types: Readonly<Record<string, string>>): readonly Column[] {
  return Object.entries(types).map(([name, type]) => ({
    name,
    type: parseType(type.replace("!", "")),
    nullable: !type.endsWith("!"),
  }));
}

/** Rows as canonical text in a fixed order: what `read` gives when all is well. */
export function canonical(columns: readonly Column[], rows: Rows): readonly CanonicalRow[] {
  return sortedRows(canonicalRows(repack(columns, rows)));
}

let lastTable = 0;
let lastLoad = 1_764_000_000_000_000;

export function destinationBed(fixture: DestinationFixture, config: JsonObject): DestinationBed {
  const opened: { destination: OpenDestination; context: TestContext }[] = [];
  const writers: Writer[] = [];

  async function close(): Promise<void> {
    for (const writer of writers.splice(0)) await writer.close().catch(() => undefined);
    for (const { destination, context } of opened.splice(0)) {
      await destination.close();
      context.remove();
    }
  }

  const bed: DestinationBed = {
    config,
    async open() {
      const context = testContext();
      const destination = await fixture.destination.open(fixture.destination.config.parse(config), context);
      opened.push({ destination, context });
      return destination;
    },
    target(overrides = {}) {
      lastTable += 1;
      const name = `t${lastTable}`;
      const { schema } = fixture;
      const plain = { connection: "conformance", stream: `s.${name}`, schema, table: name, primaryKey: [] };
      return { ...plain, writeMode: "append", fullRefresh: false, metadataColumns: true, ...overrides };
    },
    async writer(destination, target, columns, kept) {
      const writer = await destination.begin(target);
      writers.push(writer);
      await writer.start(columns, kept);
      return writer;
    },
    nextLoadId() {
      lastLoad += 1_000_000;
      return lastLoad;
    },
    lastLoadId: () => lastLoad,
    async stage(writer, { rows, changes = [], batchRows = rows.length, rejects = 0, rejectBytes = 1, ...plan }) {
      bed.nextLoadId();
      const columns = plan.columns ?? writer.columns ?? [];
      await writer.startLoad(lastLoad);
      if (changes.length > 0) await writer.alter(changes);
      const written = batches(columns, rows, batchRows);
      const rejected = rejectedRows(lastLoad, rejects, rejectBytes);
      const share = Math.ceil(rejects / (written.length + 1));
      for (let part = 0; part <= written.length; part++) {
        const some = rejected.slice(part * share, (part + 1) * share);
        if (some.length > 0) await writer.quarantine(some);
        if (part < written.length) await writer.write(written[part]!);
      }
      return { ...(await writer.flush()), loadId: lastLoad };
    },
    async commit(writer, { loadId, written, deduplicated }, plan) {
      const { state = { at: loadId }, publish = false, drift = [], replayed = [] } = plan;
      const ledger = {
        runId: `run-${loadId}`,
        startedAt: new Date("2026-01-01T00:00:00.123Z"),
        stateBefore: { before: loadId },
        read: written + deduplicated + 3,
        written,
        filtered: 2,
        deduplicated,
        quarantined: 1,
        bytes: 4_294_967_296,
      };
      await writer.commit({ loadId, state, schemaHash: "hash", publish, ledger, drift, replayed });
    },
    async load(writer, plan) {
      const staged = await bed.stage(writer, plan);
      await bed.commit(writer, staged, plan);
      return staged;
    },
    async read({ schema, table }, columns) {
      if (!fixture.readsWhileOpen) await close();
      const rows = await fixture.readTable(config, { schema, table, columns });
      return rows === undefined ? undefined : sortedRows(rows);
    },
    close,
  };
  return bed;
}

function batches(columns: readonly Column[], rows: Rows, batchRows: number): Batch[] {
  const result: Batch[] = [];
  for (let from = 0; from < rows.length; from += batchRows)
    result.push(repack(columns, rows.slice(from, from + batchRows)));
  return result;
}

function rejectedRows(loadId: number, count: number, bytes: number): QuarantinedRow[] {
  return Array.from({ length: count }, (_, i) => ({
    quarantineId: `${loadId}-${i + 1}`,
    rule: "not_null(id)",
    reason: "id is null",
    row: JSON.stringify({ id: null, text: "x".repeat(bytes) }),
    sourcePosition: undefined,
  }));
}

/** Registers a test with a bed of its own. */
export type BedTest = (name: string, body: (bed: DestinationBed) => Promise<void>) => void;

import { type Column, type Commit, type DriftRecord, type Rename, TransientError } from "../../sdk/index.js";
import { loadFolder } from "./layout.js";
import {
  type DataFile,
  type EntryBody,
  type FileSchema,
  hashOf,
  type LoggedLedger,
  loggedColumn,
  type TableChange,
} from "./log/entry.js";
import { emptyTable, type Snapshot, type TableState } from "./log/snapshot.js";
import type { WrittenFile } from "./parts.js";
import type { ReplacedFiles } from "./quarantine-files.js";
import type { Session } from "./session.js";
import type { Outcome } from "./stage.js";
import { type Hold, positionOf } from "./take-over.js";

/** A load that is ready to be committed. */
export interface ReadyLoad extends ReadyTable {
  readonly hold: Hold;
  readonly commit: Commit;
  readonly overwrite: boolean;
  readonly quarantine: ReplacedFiles;
  /** What it makes of child tables, by their names. */
  readonly children: ReadonlyMap<string, ReadyTable>;
}

/** What a load is to make of one table. */
export interface ReadyTable {
  readonly outcome: Pick<Outcome, "add" | "remove">;
  /** The table's columns from this load on. */
  readonly columns: readonly Column[];
  /** Files of earlier loads of the same overwrite. */
  readonly built: readonly DataFile[];
  readonly schemas: Readonly<Record<string, FileSchema>>;
  /** Renames of columns since `renamesBefore`, the number of those that the load found. */
  readonly renames: readonly Rename[];
  readonly renamesBefore: number;
  /** The visible files that the load was merged with; undefined where it does not depend on any. */
  readonly basis: readonly DataFile[] | undefined;
}

/**
 * The entry that commits a load, given all entries before it.
 * @throws TransientError `destination.fenced`; `commit.not_applied` where another stream changed the table that this load
 *   was merged with
 */
export function commitEntry(ready: ReadyLoad, before: Snapshot): EntryBody {
  const { hold, commit, overwrite, quarantine } = ready;
  positionOf(before, hold);
  const common = {
    connection: hold.connection,
    stream: hold.stream,
    epoch: hold.epoch,
    load_id: commit.loadId,
    schema_hash: commit.schemaHash,
    ledger: loggedLedger(commit),
    ...(commit.drift.length === 0 ? {} : { drift: commit.drift.map(loggedDrift) }),
  };
  const { state } = commit;
  if (overwrite && !commit.publish) return { kind: "build", ...common };
  const rejected = quarantineChange(quarantine, before, hold);
  const facts = { loadId: commit.loadId, overwrite, stream: hold.stream };
  const own = tableChange(ready, before, facts);
  const changes = [...ready.children].map(([table, child]) => {
    return [table, tableChange(child, before.children[table] ?? emptyTable, facts)] as const;
  });
  const children = changes.length === 0 ? {} : { children: Object.fromEntries(changes) };
  return { kind: overwrite ? "publish" : "commit", ...common, ...rejected, state, ...own, ...children };
}

interface LoadFacts {
  readonly loadId: number;
  readonly overwrite: boolean;
  readonly stream: string;
}

function tableChange(ready: ReadyTable, before: TableState, { loadId, overwrite, stream }: LoadFacts): TableChange {
  const { outcome, built, renames } = ready;
  const added = dataFiles(loadId, outcome.add, ready.schemas, ready.renamesBefore + renames.length);
  const columns = ready.columns.map(loggedColumn);
  const schemas = Object.fromEntries(Object.entries(ready.schemas).filter(([name]) => !(name in before.schemas)));
  if (overwrite) {
    return { add: [...built, ...added], remove: before.files.map(({ path }) => path), columns, schemas };
  }
  const isMerged = ready.basis !== undefined && pathsOf(ready.basis) !== pathsOf(before.files);
  if (isMerged || ready.renamesBefore !== before.renames.length) {
    throw new TransientError("commit.not_applied", `another stream changed the table of '${stream}' meanwhile`, {
      stream,
      hint: "run it again; let one connection write a table that is merged or altered",
    });
  }
  return {
    add: added,
    remove: [...outcome.remove],
    schemas,
    ...(renames.length === 0 ? {} : { renames: [...renames] }),
    ...(JSON.stringify(columns) === JSON.stringify(before.columns) ? {} : { columns }),
  };
}

/** What the entry says of rejected rows. @throws TransientError `commit.not_applied` where a purge came between */
function quarantineChange({ add, remove }: ReplacedFiles, before: Snapshot, { stream }: Hold) {
  const present = new Set(before.quarantine.map(({ path }) => path));
  if (!remove.every((path) => present.has(path))) {
    throw new TransientError("commit.not_applied", `${stream}: the quarantine was changed meanwhile`, {
      stream,
      hint: "run it again",
    });
  }
  return {
    ...(add.length === 0 ? {} : { quarantine: [...add] }),
    ...(remove.length === 0 ? {} : { quarantine_removed: [...remove] }),
  };
}

const pathsOf = (files: readonly DataFile[]) => files.map(({ path }) => path).join("\n");

/** The files of a load as the log names them. */
export function dataFiles(
  loadId: number,
  files: readonly WrittenFile[],
  schemas: Readonly<Record<string, FileSchema>>,
  renames: number,
): DataFile[] {
  const current = Object.entries(schemas).filter(([, schema]) => (schema.renames ?? 0) === renames);
  const names = new Map(current.map(([name, { columns }]) => [JSON.stringify(columns), name]));
  return files.map(({ name, bytes, rows, columns }) => {
    const schema = names.get(JSON.stringify(columns.map(loggedColumn)))!;
    return { path: `${loadFolder(loadId)}/${name}`, bytes, rows, schema };
  });
}

/** How the files of a load were written, each way under a short name made of it. */
export function schemasOf(
  files: readonly WrittenFile[],
  { config, format }: Session,
  renames: number,
): Record<string, FileSchema> {
  const schemas = files.map(({ columns }): FileSchema => {
    const schema = { format: format.name, null_text: config.null_text, columns: columns.map(loggedColumn) };
    return renames === 0 ? schema : { ...schema, renames };
  });
  return Object.fromEntries(schemas.map((schema) => [hashOf(JSON.stringify(schema)).slice(0, 12), schema]));
}

/** A schema decision as the log has it. */
export function loggedDrift({ entity, columnName, change, decision }: DriftRecord) {
  return { entity, ...(columnName === undefined ? {} : { column_name: columnName }), change, decision };
}

function loggedLedger({ ledger }: Commit): LoggedLedger {
  return {
    run_id: ledger.runId,
    started_at: ledger.startedAt.toISOString(),
    state_before: ledger.stateBefore,
    read: ledger.read,
    written: ledger.written,
    filtered: ledger.filtered,
    deduplicated: ledger.deduplicated,
    quarantined: ledger.quarantined,
    bytes: ledger.bytes,
  };
}

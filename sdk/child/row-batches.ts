import { rowMatcher } from "../batch/comparable.js";
import { createPacker, type Row } from "../batch/pack.js";
import type { Log } from "../context.js";
import { DataError } from "../errors.js";
import type { Json } from "../json.js";
import type { Message } from "../messages.js";
import { sameType } from "../schema/column-type.js";
import { type Column, streamId } from "../schema/stream.js";
import type { ReadRequest } from "../source.js";
import { boundaryRows } from "./boundary-rows.js";

/** Turns the records of a foreign program into the batches that a read asks for. */
export interface RowBatches {
  /** Takes a record; gives the batch that it filled. */
  add(row: Row): Generator<Message, void>;
  /** The program announces the stream's columns: says so where those that are read have changed. */
  announce(columns: readonly Column[]): Generator<Message, void>;
  /** Whether enough has come since the last flush for a checkpoint: some programs say their state with every record. */
  checkpointIsDue(): boolean;
  /** Gives what is left. */
  flush(): Generator<Message, void>;
  /** The rows at the program's bookmark, to be kept in the state, where rows may not come twice. */
  boundary(): Json | undefined;
}

export interface RowBatchesOptions {
  readonly log: Log;
  /** As a state has it. */
  readonly boundary: Json | undefined;
}

const checkpointRows = 1_000;
const checkpointMs = 1_000;

/** Batches of the columns, the rows and the size that `request` asks for. A key that is no column is told once. */
export function rowBatches(request: ReadRequest, { log, boundary: saved }: RowBatchesOptions): RowBatches {
  const stream = streamId(request.stream);
  const boundary = boundaryOf(request, saved);
  const dueRows = Math.min(checkpointRows, request.batch.rows);
  let rows = 0;
  let since = performance.now();
  const told = new Set<string>();
  let columns = request.stream.columns;
  let packing = newPacking();

  function newPacking() {
    const wanted = wantedColumns(request, columns);
    const known = new Set(columns.map(({ name }) => name));
    return {
      times: wanted.filter(({ type }) => type.kind === "timestamp").map(({ name }) => name),
      matches: rowMatcher(request.filter ?? [], columns),
      packer: createPacker(wanted, {
        limits: request.batch,
        stream,
        primaryKey: request.stream.primaryKey,
        onUnknownKey(key) {
          if (known.has(key) || told.has(key)) return;
          told.add(key);
          log("warn", `stream '${stream}' has records with '${key}', which is not in its schema: it is left out`, {
            hint: `declare it: types: { ${stream}: { ${key}: string } }`,
          });
        },
      }),
    };
  }

  function* flush(): Generator<Message, void> {
    rows = 0;
    since = performance.now();
    const batch = packing.packer.flush();
    if (batch !== undefined) yield { type: "batch", batch };
  }

  return {
    *add(given) {
      const { times, matches, packer } = packing;
      rows += 1;
      try {
        const row = inUtc(given, times);
        if (boundary?.isKnown(row)) return;
        boundary?.note(row);
        const batch = matches(row) ? packer.add(row) : undefined;
        if (batch !== undefined) yield { type: "batch", batch };
      } catch (error) {
        throw withTypeHint(error, stream);
      }
    },
    *announce(announced) {
      const isNew = ({ name }: Column) => !announced.some((column) => column.name === name);
      const next = [...announced, ...columns.filter(isNew)];
      const same = wantedColumns(request, next).every((column, i) =>
        isSame(column, wantedColumns(request, columns)[i]!),
      );
      if (same) return;
      yield* flush();
      columns = next;
      yield { type: "schema", columns };
      packing = newPacking();
    },
    checkpointIsDue: () => rows >= dueRows || performance.now() - since >= checkpointMs,
    flush,
    boundary: () => boundary?.state(),
  };
}

/** Only where the cursor is known can the rows at it be told. */
function boundaryOf({ mode, rereads, stream, cursorField }: ReadRequest, saved: Json | undefined) {
  const name = cursorField ?? stream.cursorFields[0];
  const column = stream.columns.find((candidate) => candidate.name === name);
  if (mode !== "incremental" || rereads === "merged" || column === undefined) return undefined;
  return boundaryRows(column, saved);
}

function wantedColumns({ columns: names }: ReadRequest, columns: readonly Column[]): Column[] {
  return names.map((name) => columns.find((column) => column.name === name)!);
}

function isSame(a: Column, b: Column): boolean {
  return sameType(a.type, b.type) && a.nullable === b.nullable;
}

/** Has no zone: in JSON Schema's `date-time`, as taps and Airbyte sources write it, that is UTC. */
const withoutZone = /^\d{4,}-\d\d-\d\d[T ][\d:.,]+$/;

function inUtc(row: Row, times: readonly string[]): Row {
  const bare = times.filter((name) => typeof row[name] === "string" && withoutZone.test(row[name]));
  return bare.length === 0 ? row : { ...row, ...Object.fromEntries(bare.map((name) => [name, `${row[name]}Z`])) };
}

function withTypeHint(error: unknown, stream: string): unknown {
  if (!(error instanceof DataError) || error.column === undefined) return error;
  const { code, message, column, row } = error;
  const hint = `give the column a type that holds it: types: { ${stream}: { ${column}: string } }`;
  return new DataError(code, message, { hint, cause: error, stream, column, ...(row === undefined ? {} : { row }) });
}

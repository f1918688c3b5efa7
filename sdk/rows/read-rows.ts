import type { Batch } from "../batch/batch.js";
import { rowMatcher } from "../batch/comparable.js";
import { createPacker, type Packer, type Row } from "../batch/pack.js";
import { ConfigError, DataError, SystemError } from "../errors.js";
import type { Json, JsonObject } from "../json.js";
import type { Message } from "../messages.js";
import { type Column, streamId } from "../schema/stream.js";
import type { ReadRequest } from "../source.js";
import { type Boundary, openBoundary } from "./boundary.js";
import { type Checkpoint, checkpointState } from "./checkpoint.js";
import { declaredColumns } from "./declared-columns.js";
import { type RowColumns, rowColumns, sameColumns } from "./row-columns.js";
import { newRows, pageBytes, pageRows, type RowPage, rowCount, rowPage } from "./row-page.js";
import type { RowStream } from "./row-stream.js";

/** What stands in a committed state: the author's position, the rows at the boundary, and whether all was read. */
interface RowState {
  readonly position?: JsonObject;
  readonly boundary?: Json;
  readonly done?: boolean;
}

/** What a stream yields, by the position it is to go on from. */
export type Rows = (position: JsonObject | undefined) => AsyncIterable<Row | readonly Row[] | Checkpoint>;

export interface RowsRead {
  readonly stream: Pick<RowStream, "primaryKey" | "cursorField" | "columns" | "incremental">;
  readonly request: ReadRequest;
  readonly rows: Rows;
}

/** Rows of a stretch between two checkpoints are looked at together before any is packed, up to this many bytes; from then on as they come. */
const stretchBytes = 8 * 1024 * 1024;
/** A checkpoint is passed on when a batch is full, or after this time. */
const checkpointMs = 1000;

/**
 * The messages of one read of a stream of rows: packs, infers, filters, leaves out what was given before. Small
 * stretches are packed into one batch, and of their checkpoints the last is passed on.
 *
 * Columns change between checkpoints: a stretch that brings new or wider ones is announced before its first row, and
 * everything before it is covered. Only where a stretch is longer than `stretchBytes` is it too late for that: then the
 * error is `type.mismatch`, and the engine looks at every value first.
 */
export async function* readRows({ stream, request, rows }: RowsRead): AsyncGenerator<Message> {
  const id = streamId(request.stream);
  refuseOtherCursor(stream, request);
  const saved = (request.state ?? {}) as RowState;
  if (saved.done === true && request.mode === "full_refresh") {
    yield { type: "checkpoint", state: saved as Json };
    return;
  }
  const declared = declaredColumns(stream);
  const seen = rowColumns(declared, request.stream.columns, id);
  const boundary = boundaryOf(stream, saved);
  const packing = openPacking(seen, request, id);
  const matcher = () => request.filter && rowMatcher(request.filter, packing.columns());
  let matches = matcher();
  let position = saved.position;
  /** Rows since the author's last checkpoint; those packed already, and whether any message has covered less than all. */
  let stretch: RowPage[] = [];
  let [bytes, packed, offered, passedAt] = [0, 0, false, Date.now()];

  function* passOn(state: RowState): Generator<Message> {
    yield* packing.flush();
    yield { type: "checkpoint", state: state as Json };
    [offered, passedAt] = [false, Date.now()];
  }

  function* packStretch(): Generator<Message> {
    if (packing.look(stretch)) {
      if (packed > 0) throw tooLate(id, packing.changes());
      if (offered) yield* passOn(stateAt(position, boundary));
      yield* packing.announce();
      matches = matcher();
    }
    for (const page of stretch) {
      yield* packing.add(matches === undefined ? page : pageRows(page).filter(matches));
      packed += rowCount(page);
      if ("records" in page && boundary?.remembers(page.records) !== true) page.records.release?.();
    }
    [stretch, bytes] = [[], 0];
  }

  for await (const item of rows(saved.position)) {
    request.signal.throwIfAborted();
    const state = checkpointState(item);
    if (state === undefined) {
      const page = rowPage(item as Row | readonly Row[]);
      const fresh = boundary === undefined ? page : newRows(page, boundary, request.rereads);
      stretch.push(fresh);
      bytes += pageBytes(fresh);
      if (bytes >= stretchBytes || packed > 0) yield* packStretch();
      continue;
    }
    yield* packStretch();
    [position, packed, offered] = [state, 0, true];
    if (packing.filled() || Date.now() - passedAt >= checkpointMs) yield* passOn(stateAt(position, boundary));
  }
  request.signal.throwIfAborted();
  yield* packStretch();
  if (request.mode === "incremental" && packed > 0) throw uncovered(id);
  const done = request.mode === "full_refresh" ? { done: true } : {};
  yield* passOn({ ...stateAt(position, boundary), ...done });
}

function stateAt(position: JsonObject | undefined, boundary: Boundary | undefined): RowState {
  const known = boundary?.state();
  return { ...(position === undefined ? {} : { position }), ...(known === undefined ? {} : { boundary: known }) };
}

/** Where rows have a key and a cursor, and so can be told from others of the same cursor. */
function boundaryOf({ primaryKey = [], cursorField }: RowsRead["stream"], saved: RowState): Boundary | undefined {
  if (primaryKey.length === 0 || cursorField === undefined) return undefined;
  return openBoundary(cursorField, saved.boundary);
}

interface Packing {
  /** As last announced. */
  columns(): readonly Column[];
  /** Looks at rows; whether they bring columns that were not announced. */
  look(pages: readonly RowPage[]): boolean;
  /** The columns that are not yet announced, or announced with a narrower type. */
  changes(): readonly string[];
  announce(): Generator<Message>;
  add(page: RowPage): Generator<Message>;
  flush(): Generator<Message>;
  /** Whether a batch was given since the last flush. */
  filled(): boolean;
}

function openPacking(seen: RowColumns, request: ReadRequest, id: string): Packing {
  const { newColumns, stream } = request;
  const known = new Set(stream.columns.map(({ name }) => name));
  const except = new Set(newColumns?.except);
  let announced = stream.columns;
  let filled = false;
  let packer = packerFor(announced);

  function packerFor(columns: readonly Column[]): Packer {
    const byName = new Map(columns.map((column) => [column.name, column]));
    const wanted = request.columns.map((name) => byName.get(name) ?? unknownColumn(id, name));
    const added =
      newColumns?.wanted === true ? columns.filter(({ name }) => !known.has(name) && !except.has(name)) : [];
    const primaryKey = stream.primaryKey;
    return createPacker([...wanted, ...added], {
      limits: request.batch,
      stream: id,
      primaryKey,
      onUnknownKey: () => {},
    });
  }

  /** Of the columns seen, those that are to be announced. */
  function current(): readonly Column[] {
    const columns = seen.columns();
    return newColumns?.wanted === false ? columns.filter(({ name }) => known.has(name)) : columns;
  }

  function* full(batch: Batch): Generator<Message> {
    filled = true;
    yield { type: "batch", batch };
  }

  return {
    columns: () => announced,
    look(pages) {
      let changed = false;
      for (const page of pages) {
        if ("records" in page) changed = seen.seeRecords(page.records) || changed;
        else for (const row of page) changed = seen.see(row) || changed;
      }
      return changed && !sameColumns(current(), announced);
    },
    changes: () =>
      current()
        .filter((column) => !announced.some((one) => sameColumns([one], [column])))
        .map(({ name }) => name),
    *announce() {
      const columns = current();
      if (newColumns === undefined && columns.length > announced.length) throw tooLate(id, this.changes());
      yield* this.flush();
      announced = columns;
      packer = packerFor(columns);
      yield { type: "schema", columns };
    },
    *add(page) {
      if ("records" in page) {
        for (let at = 0; at < page.records.count; ) {
          const { next, batch } = packer.addRecords(page.records, at);
          at = next;
          if (batch !== undefined) yield* full(batch);
        }
        return;
      }
      for (const row of page) {
        const batch = packer.add(row);
        if (batch !== undefined) yield* full(batch);
      }
    },
    *flush() {
      const batch = packer.flush();
      filled = false;
      if (batch !== undefined) yield { type: "batch", batch };
    },
    filled: () => filled,
  };
}

function refuseOtherCursor(
  { cursorField }: RowsRead["stream"],
  { mode, cursorField: asked, stream }: ReadRequest,
): void {
  if (mode !== "incremental" || asked === undefined || cursorField === undefined || asked === cursorField) return;
  throw new ConfigError("stream.cursor_fixed", `stream '${streamId(stream)}' cannot be read by '${asked}'`, {
    stream: streamId(stream),
    column: asked,
    hint: `its cursor is '${cursorField}': leave the setting out`,
  });
}

function unknownColumn(stream: string, column: string): never {
  throw new SystemError("rows.column_unknown", `stream '${stream}' has no column '${column}'`, { stream, column });
}

function tooLate(stream: string, columns: readonly string[]): DataError {
  const names = columns.map((name) => `'${name}'`).join(", ");
  return new DataError(
    "type.mismatch",
    `stream '${stream}': values have come that ${names} as discovered cannot hold`,
    {
      stream,
      ...(columns[0] === undefined ? {} : { column: columns[0] }),
      hint: "declare the types of these columns, or yield a checkpoint after each page",
    },
  );
}

function uncovered(stream: string): SystemError {
  return new SystemError("rows.not_covered", `stream '${stream}' ended with rows that no checkpoint covers`, {
    stream,
    hint: "its author must yield a checkpoint after the last row of an incremental read",
  });
}

import type { Session } from "./session.js";

/** Rows that come, and what they hold. */
export interface RowBytes {
  readonly rows: number;
  readonly bytes: number;
}

/** How dense a table's rows are: how many bytes DuckDB will have to hold at once to store those that came last. */
export interface Density {
  /** Whether rows came of which DuckDB could not store a vector within its share of memory. */
  readonly isWide: boolean;
  /** Of all rows of the load. */
  readonly total: RowBytes;
  /** Of the rows that are stored together with those that come next. */
  readonly together: RowBytes;
  /** Whether so many more may be stored together with them. */
  hasRoom(coming: RowBytes): boolean;
  add(coming: RowBytes): void;
  /** What comes next is stored by itself. */
  startPart(): void;
  startLoad(): void;
}

/** DuckDB stores a column by so many rows at a time, and holds all their values in memory for that. */
const storedTogether = 2048;
/** Fewer bytes say nothing about how wide a table's rows are. */
const leastBytes = 256 * 1024;

/** @param partBytes that may be stored together */
export function density(partBytes: number): Density {
  let total = { rows: 0, bytes: 0 };
  let together = { rows: 0, bytes: 0 };
  let isWide = false;
  return {
    get isWide() {
      return isWide;
    },
    get total() {
      return total;
    },
    get together() {
      return together;
    },
    hasRoom(coming) {
      const fits = storedAtOnce(together) + storedAtOnce(coming) <= partBytes || together.rows === 0;
      isWide ||= !fits;
      return fits;
    },
    add(coming) {
      total = sum(total, coming);
      together = together.rows >= storedTogether ? coming : sum(together, coming);
      const { rows, bytes } = together;
      isWide ||= bytes > leastBytes && (bytes / rows) * storedTogether > partBytes;
    },
    startPart() {
      together = { rows: 0, bytes: 0 };
    },
    startLoad() {
      total = { rows: 0, bytes: 0 };
      together = { rows: 0, bytes: 0 };
      isWide = false;
    },
  };
}

/** Of many narrow rows only some are stored together. */
function storedAtOnce({ rows, bytes }: RowBytes): number {
  return rows > storedTogether ? (bytes / rows) * storedTogether : bytes;
}

function sum(a: RowBytes, b: RowBytes): RowBytes {
  return { rows: a.rows + b.rows, bytes: a.bytes + b.bytes };
}

/** What it takes beside the values while it writes them. */
const overhead = 3;

/** Raises DuckDB's limit, with a warning, until the file is closed, where so many bytes have to be stored together. */
export function memoryRaiser(session: Session): (together: RowBytes) => Promise<void> {
  let limit = session.memoryBytes;
  return async ({ rows, bytes }) => {
    const needed = bytes * overhead;
    if (needed <= limit * 0.9) return;
    limit = needed * 1.25;
    const size = `${Math.ceil(limit / 1024)}KiB`;
    await session.transaction((connection) => connection.run(`SET GLOBAL memory_limit = '${size}'`));
    session.log("warn", "rows are so wide that DuckDB needs more than its share of memory to store them", {
      rows,
      bytes,
      memory_limit: Math.ceil(limit),
    });
  };
}

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Batch, type Column, type Scan, SystemError, scalar } from "../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import { removeIfEmpty } from "./cleanup.js";
import type { Duck } from "./duck.js";
import { errorCode, makeFolder, syncFile, syncFolder } from "./durable.js";
import type { FileFormat } from "./format.js";
import { literalPath } from "./layout.js";

/** A data file that stands on the disk, durably, and that no log names yet. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  /** As the file itself says (Parquet), or as DuckDB counted while it wrote. */
  readonly rows: number;
  readonly columns: readonly Column[];
}

export interface PartsOptions {
  readonly duck: Duck;
  readonly format: FileFormat;
  /** Where the files go; made with the first one. */
  readonly folder: string;
  /** Ends every file's name. */
  readonly tag: string;
  /** A Parquet part is split into files of about this size; undefined: one file a part. */
  readonly fileBytes: number | undefined;
  /** Bytes a group of rows may take in memory before it is written. */
  readonly rowGroupBytes: number;
  /** Marks every row with this load. */
  readonly loadId: number | undefined;
  /** Formats without a frame: every part but part 0 is written so that it can be laid after the one before. */
  readonly endToEnd: boolean;
  /** The number of the first part. */
  readonly firstPart: number;
}

/** The data files of one load, one part after another: the batches between two scans, or one scan. */
export interface Parts {
  write(batch: Batch): Promise<void>;
  scan(scan: Scan): Promise<number>;
  /** Writes what a SELECT gives, whose columns are `columns`. Returns its rows. */
  select(sql: string, columns: readonly Column[]): Promise<number>;
  /** Ends the last part; everything written is durable then. */
  finish(): Promise<readonly WrittenFile[]>;
  /** Stops writing and removes the files. */
  discard(): Promise<void>;
}

export const loadIdColumn: Column = { name: "_sluice_load_id", type: scalar("int64"), nullable: false };

export function openParts(options: PartsOptions): Parts {
  const { duck, format, folder, tag, loadId } = options;
  const files: WrittenFile[] = [];
  let open: { load: Load; columns: readonly Column[]; prefix: string; given: number } | undefined;
  let number = options.firstPart;

  const physical = (columns: readonly Column[]) => (loadId === undefined ? columns : [...columns, loadIdColumn]);

  /** The COPY of a relation with these columns into the next part. */
  async function nextPart(relation: string, columns: readonly Column[]) {
    await makeFolder(folder);
    const prefix = `part-${number++}-`;
    const all = physical(columns);
    const mark = loadId === undefined ? "" : `, CAST(${loadId} AS BIGINT) AS ${quoteIdentifier(loadIdColumn.name)}`;
    const own = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const rows = `SELECT ${format.select(all)} FROM (SELECT ${own}${mark} FROM ${relation})`;
    return { prefix, sql: `COPY (${rows}) TO ${place(prefix)}`, columns: all };
  }

  function place(prefix: string): string {
    const first = prefix === "part-0-";
    const copy = !first && options.endToEnd && format.tailOptions !== undefined ? format.tailOptions : format.options;
    const row = format.name === "parquet" ? [`ROW_GROUP_SIZE_BYTES ${options.rowGroupBytes}`] : [];
    if (!splits(options)) {
      const path = join(folder, `${prefix}0-${tag}${format.extension}`);
      return `${quoteLiteral(path)} (${[...copy, ...row].join(", ")})`;
    }
    const split = [
      `FILE_SIZE_BYTES ${options.fileBytes}`,
      `FILENAME_PATTERN ${quoteLiteral(`${prefix}{i}-${tag}`)}`,
      "OVERWRITE_OR_IGNORE",
    ];
    return `${quoteLiteral(folder)} (${[...copy, ...row, ...split].join(", ")})`;
  }

  async function endOpenPart(): Promise<void> {
    if (open === undefined) return;
    const { load, columns, prefix, given } = open;
    open = undefined;
    const { rows: counted } = await load.end();
    await collect(prefix, columns, counted, given);
  }

  /** Makes a part's files durable and counts them: what DuckDB says it copied, and what the files say they hold. */
  async function collect(prefix: string, columns: readonly Column[], counted: number, given = counted): Promise<void> {
    const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.includes(`-${tag}.`)).sort();
    const rows = await rowsOf(duck, format, folder, names, counted);
    for (const name of names) {
      const path = join(folder, name);
      await syncFile(path);
      files.push({ name, bytes: (await stat(path)).size, rows: rows.get(name) ?? 0, columns });
    }
    await syncFolder(folder);
    const total = [...rows.values()].reduce((sum, count) => sum + count, 0);
    if (total !== counted || total !== given) {
      throw new SystemError(
        "ledger.file_count",
        `${given} rows were given, DuckDB copied ${counted}, and the files in ${folder} hold ${total}`,
      );
    }
  }

  async function copy(relation: string, columns: readonly Column[]): Promise<number> {
    await endOpenPart();
    const part = await nextPart(relation, columns);
    const { read, written } = await duck.scan(part.sql);
    await collect(part.prefix, part.columns, written);
    return read;
  }

  return {
    async write(batch) {
      if (open === undefined) {
        const { prefix, sql, columns } = await nextPart("batch()", batch.columns);
        open = { load: duck.load({ sql, columns: batch.columns }), columns, prefix, given: 0 };
      }
      open.given += batch.rows;
      await open.load.write(batch);
    },
    async scan(scan) {
      for (const statement of scan.setup ?? []) await duck.run(statement);
      try {
        return await copy(`(${scan.sql})`, scan.columns);
      } finally {
        for (const statement of scan.undo ?? []) await duck.run(statement);
      }
    },
    select: (sql, columns) => copy(`(${sql})`, columns),
    async finish() {
      await endOpenPart();
      return files;
    },
    async discard() {
      await open?.load.abort(new SystemError("writer.aborted", "the load was aborted"));
      open = undefined;
      await removeTagged(folder, tag);
    },
  };
}

function splits({ format, fileBytes }: PartsOptions): boolean {
  return fileBytes !== undefined && format.name === "parquet";
}

/** The rows in each file: from the footers of Parquet files; other formats have one file a part. */
async function rowsOf(
  duck: Duck,
  format: FileFormat,
  folder: string,
  names: readonly string[],
  counted: number,
): Promise<Map<string, number>> {
  if (format.name !== "parquet") return new Map(names.map((name) => [name, counted]));
  const rows = new Map<string, number>();
  for (const name of names) {
    const path = quoteLiteral(literalPath(join(folder, name)));
    const { rows: found } = await duck.query(`SELECT num_rows FROM parquet_file_metadata(${path})`);
    rows.set(name, Number(found[0]?.[0]));
  }
  return rows;
}

async function removeTagged(folder: string, tag: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      if (name.includes(`-${tag}.`)) await rm(join(folder, name), { force: true });
    }
    await removeIfEmpty(folder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** What a row group may take: two threads fill one each, and half of the memory is for them; Parquet's usual 128 MiB at most. */
export function rowGroupBytes(memoryBytes: number): number {
  const mebibytes = Math.floor(memoryBytes / 16 / 1024 ** 2);
  return Math.max(1, Math.min(128, mebibytes)) * 1024 ** 2;
}

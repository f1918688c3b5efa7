import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Batch, type Column, type Scan, SluiceError, SystemError } from "../../sdk/index.js";
import type { ScanCounts } from "../../sdk/sql/duckdb/engine-protocol.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import { removeOwnFiles } from "./cleanup.js";
import { copyStatement, type PartsOptions } from "./copy-statement.js";
import type { Duck } from "./duck.js";
import { makeFolder, syncFile, syncFolder } from "./durable.js";
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

export function openParts(options: PartsOptions): Parts {
  const { duck, format, folder, tag } = options;
  const files: WrittenFile[] = [];
  let open: { load: Load; columns: readonly Column[]; prefix: string; given: number } | undefined;
  let number = options.firstPart;

  /** Begins the next part: its place among the files, and how rows are ordered in it. */
  async function nextPart(ordered: boolean): Promise<string> {
    await endOpenPart();
    await makeFolder(folder);
    await duck.run(`SET preserve_insertion_order = ${ordered}`);
    return `part-${number++}-`;
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

  async function copy(relation: string, columns: readonly Column[], ordered: boolean): Promise<ScanCounts> {
    const prefix = await nextPart(ordered);
    const statement = copyStatement(options, { prefix, relation, columns, ordered });
    const counted = await duck.scan(statement.sql);
    await collect(prefix, statement.columns, counted.written);
    return counted;
  }

  /** Keeps the order of the source's rows, unless they are too wide for what that takes in memory. */
  async function copyInOrder(relation: string, columns: readonly Column[]): Promise<ScanCounts> {
    try {
      return await copy(relation, columns, true);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== "duckdb.out_of_memory") throw error;
      number--;
      await removeOwnFiles(folder, tag, `part-${number}-`);
      return await copy(relation, columns, false);
    }
  }

  return {
    async write(batch) {
      if (open === undefined) {
        // Order takes one thread: texts are written fast enough by it, Parquet is not.
        const ordered = format.name !== "parquet";
        const prefix = await nextPart(ordered);
        const { sql, columns } = copyStatement(options, {
          prefix,
          relation: "batch()",
          columns: batch.columns,
          ordered,
        });
        open = { load: duck.load({ sql, columns: batch.columns }), columns, prefix, given: 0 };
      }
      open.given += batch.rows;
      await open.load.write(batch);
    },
    async scan(scan) {
      for (const statement of scan.setup ?? []) await duck.run(statement);
      try {
        return (await copyInOrder(`(${scan.sql})`, scan.columns)).read;
      } finally {
        for (const statement of scan.undo ?? []) await duck.run(statement);
      }
    },
    select: async (sql, columns) => (await copy(`(${sql})`, columns, false)).written,
    async finish() {
      await endOpenPart();
      return files;
    },
    async discard() {
      await open?.load.abort(new SystemError("writer.aborted", "the load was aborted"));
      open = undefined;
      await removeOwnFiles(folder, tag);
    },
  };
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
  const paths = names.map((name) => quoteLiteral(literalPath(join(folder, name))));
  const { rows } = await duck.query(
    `SELECT parse_filename(file_name), num_rows FROM parquet_file_metadata([${paths.join(", ")}])`,
  );
  return new Map(rows.map(([name, count]) => [String(name), Number(count)]));
}

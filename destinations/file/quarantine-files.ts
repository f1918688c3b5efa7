import { stat } from "node:fs/promises";
import { join } from "node:path";
import { alreadyReplayed, SystemError } from "../../sdk/index.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Duck } from "./duck.js";
import { makeFolder, syncFile, syncFolder } from "./durable.js";
import { literalPath, quarantineLoadFolder } from "./layout.js";
import type { QuarantineFile } from "./log/entry.js";

interface NewFile {
  /** The table's folder. */
  readonly root: string;
  readonly tag: string;
  readonly connection: string;
  readonly stream: string;
  /** The load whose rejected rows they are. */
  readonly loadId: number;
  /** The load that writes them: its id, or that of a purge. */
  readonly writtenBy: number;
  /** Begins the file's name. */
  readonly part: string;
  /** Gives the rows, with the columns of `_sluice_quarantine`. */
  readonly select: string;
  /** How many these are. */
  readonly expected: number;
}

/** Writes rejected rows as a Parquet file that no log names yet, durably. */
export async function writeQuarantineFile(
  duck: Duck,
  { root, tag, connection, stream, loadId, writtenBy, part, select, expected }: NewFile,
): Promise<QuarantineFile> {
  const folder = join(root, quarantineLoadFolder(writtenBy));
  const path = `${quarantineLoadFolder(writtenBy)}/${part}-${tag}.parquet`;
  const file = join(root, path);
  await makeFolder(folder);
  await duck.run("SET preserve_insertion_order = true");
  await duck.run(`COPY (${select}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`);
  await syncFile(file);
  await syncFolder(folder);
  const { rows } = await duck.query(`SELECT num_rows FROM parquet_file_metadata([${quoteLiteral(literalPath(file))}])`);
  const counted = Number(rows[0]?.[0]);
  if (counted !== expected) {
    throw new SystemError(
      "quarantine.file_count",
      `${expected} rejected rows were given, and ${file} holds ${counted}`,
    );
  }
  return { path, bytes: (await stat(file)).size, rows: counted, connection, stream, load_id: loadId };
}

/** Files that stand for others from a commit on. */
export interface ReplacedFiles {
  readonly add: readonly QuarantineFile[];
  /** Paths of the files that they stand for. */
  readonly remove: readonly string[];
}

export interface Replay {
  readonly root: string;
  readonly tag: string;
  readonly stream: string;
  /** The load that takes the rows in. */
  readonly loadId: number;
  readonly ids: readonly string[];
  /** The files of the stream's rejected rows. */
  readonly files: readonly QuarantineFile[];
}

/**
 * Writes the files anew that hold rows to be marked with the load that takes them in.
 * @throws DataError `quarantine.already_replayed`
 */
export async function markedFiles(duck: Duck, { files, ids, ...replay }: Replay): Promise<ReplacedFiles> {
  if (ids.length === 0) return { add: [], remove: [] };
  const loads = new Set(ids.map((id) => Number(id.split("-")[0])));
  const touched = files.filter(({ load_id }) => loads.has(load_id));
  await duck.run("CREATE OR REPLACE TEMP TABLE replayed (quarantine_id VARCHAR)");
  await duck.run(`INSERT INTO replayed SELECT unnest(from_json(CAST($1 AS JSON), '["VARCHAR"]'))`, [
    JSON.stringify(ids),
  ]);
  const isMarked = "quarantine_id IN (FROM replayed) AND replayed_load_id IS NULL";
  let marked = 0;
  for (const file of touched) {
    const { rows } = await duck.query(`SELECT count(*) FROM ${readFiles(replay.root, [file])} WHERE ${isMarked}`);
    marked += Number(rows[0]?.[0]);
  }
  if (marked !== ids.length) throw alreadyReplayed(replay.stream, ids.length - marked);
  const add: QuarantineFile[] = [];
  for (const [at, file] of touched.entries()) {
    const mark = `CASE WHEN ${isMarked} THEN CAST(${replay.loadId} AS BIGINT) ELSE replayed_load_id END`;
    const select = `SELECT * REPLACE (${mark} AS replayed_load_id) FROM ${readFiles(replay.root, [file])}`;
    add.push(
      await rewritten(duck, file, {
        ...replay,
        writtenBy: replay.loadId,
        part: `replayed-${at}`,
        select,
        expected: file.rows,
      }),
    );
  }
  await duck.run("DROP TABLE replayed");
  return { add, remove: touched.map(({ path }) => path) };
}

/** A file with the rows of another one, or some of them. */
export function rewritten(
  duck: Duck,
  { connection, stream, load_id }: QuarantineFile,
  file: Omit<NewFile, "connection" | "stream" | "loadId">,
): Promise<QuarantineFile> {
  return writeQuarantineFile(duck, { ...file, connection, stream, loadId: load_id });
}

/** Files of rejected rows (at least one) as what stands behind FROM. `root` is their table's folder. */
export function readFiles(root: string, files: readonly Pick<QuarantineFile, "path">[]): string {
  return readPaths(files.map(({ path }) => join(root, path)));
}

export function readPaths(paths: readonly string[]): string {
  const list = paths.map((path) => quoteLiteral(literalPath(path))).join(", ");
  return `read_parquet([${list}], hive_partitioning = false)`;
}

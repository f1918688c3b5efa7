import { type Column, SystemError, type Target } from "../../sdk/index.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { loadIdColumn, type PartsOptions } from "./copy-statement.js";
import type { Duck } from "./duck.js";
import type { DataFile } from "./log/entry.js";
import type { Snapshot } from "./log/snapshot.js";
import type { Parts } from "./parts.js";

export interface KeyedLoad {
  readonly target: Target;
  /** The table's folder. */
  readonly folder: string;
  readonly loadId: number;
  readonly parts: PartsOptions;
  /** Where `Outcome.standing` goes; undefined where no child tables follow. */
  readonly standing?: string | undefined;
}

/** A load's newest row of each key, in the temporary table `newest` of its connection. */
export const newestTable = "newest";
/** A keyed load whose newest rows stand in `newest`, before its files are written. */
export interface KeyedContext extends KeyedLoad {
  readonly duck: Duck;
  readonly snapshot: Snapshot;
  /** The target's own columns. */
  readonly columns: readonly Column[];
  /** Those of them that no row of the load brings. */
  readonly kept: readonly Column[];
  readonly written: Parts;
}

/** The column with the file a row is from. */
export const fileColumn = "_sluice_file";

/** The rows of a relation: `FROM …`. */
export async function countRows(duck: Duck, from: string): Promise<number> {
  const { rows } = await duck.query(`SELECT count(*) ${from}`);
  return Number(rows[0]?.[0]);
}

/** `a.k1 = b.k1 AND …` */
export function sameKey({ primaryKey }: Target, a: string, b: string): string {
  return primaryKey.map((name) => `${a}.${quoteIdentifier(name)} = ${b}.${quoteIdentifier(name)}`).join(" AND ");
}

export function isOneOf(columns: readonly Column[], { name }: Column): boolean {
  return columns.some((column) => column.name === name);
}

/** The columns of a keyed table's files. */
export function physicalColumns(columns: readonly Column[], target: Target, added: readonly Column[] = []): Column[] {
  return [...columns, ...added, ...(target.metadataColumns ? [{ ...loadIdColumn, nullable: true }] : [])];
}

/** The key columns as the target has them. */
export function keyColumns({ columns, target }: KeyedContext): Column[] {
  return columns.filter(({ name }) => target.primaryKey.includes(name));
}

/**
 * The files to write anew: the touched ones, and the small ones once there are many, so that a table that is merged
 * often stays a table of few files.
 */
export function rewritten({ folder, snapshot, parts }: KeyedContext, touched: ReadonlySet<string>): DataFile[] {
  const small = snapshot.files.filter(({ bytes }) => bytes < (parts.fileBytes ?? 0) / 8);
  const gathered = new Set(small.length >= manySmallFiles ? small : []);
  return snapshot.files.filter((file) => touched.has(`${folder}/${file.path}`) || gathered.has(file));
}

const manySmallFiles = 16;

/** @throws SystemError `ledger.file_count` where the new files do not hold what the old ones and the load add up to */
export function expectRows({ folder }: KeyedContext, found: number, expected: number): void {
  if (found === expected) return;
  throw new SystemError("ledger.file_count", `the new files of ${folder} hold ${found} rows, not ${expected}`);
}

import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where the parts of one table lie. */
export interface TableFolder {
  readonly schema: string | undefined;
  readonly table: string;
  /** `<root>/<schema>/<table>` */
  readonly root: string;
  readonly log: string;
  readonly data: string;
  readonly quarantine: string;
  readonly view: string;
}

/** The SQL of one folder's view. */
export const viewFile = "_view.sql";
/** All of them, for `.read` in DuckDB's shell. */
export const viewsFile = "_sluice_views.sql";
export const loadsFolder = "_sluice_loads";
export const driftFolder = "_sluice_drift";
export const quarantineFolder = "_sluice_quarantine";
/** A table without rows, for the state of streams that have no table yet. */
export const stateTable = "_sluice_state";

export function schemaFolder(root: string, schema: string | undefined): string {
  return schema === undefined ? root : join(root, folderName(schema));
}

export function tableFolder(root: string, schema: string | undefined, table: string): TableFolder {
  const name = table === stateTable ? stateTable : folderName(table);
  const folder = join(schemaFolder(root, schema), name);
  return {
    schema,
    table,
    root: folder,
    log: join(folder, "_log"),
    data: join(folder, "data"),
    quarantine: join(folder, "quarantine"),
    view: join(folder, viewFile),
  };
}

/** The Parquet file with what the log of one table says of its loads, or of its schema decisions. */
export function reportFile(root: string, folder: TableFolder, report: typeof loadsFolder | typeof driftFolder): string {
  return join(schemaFolder(root, folder.schema), report, `${folderName(folder.table)}.parquet`);
}

/** Where the files of one table's rejected rows can be found beside those of the schema's other tables. */
export function quarantineLinks(root: string, folder: TableFolder): string {
  return join(schemaFolder(root, folder.schema), quarantineFolder, folderName(folder.table));
}

/** The folder of one load's rejected rows, relative to the table's. */
export function quarantineLoadFolder(loadId: number): string {
  return `quarantine/load=${loadId}`;
}

/** The folder of one load, relative to the table's. */
export function loadFolder(loadId: number): string {
  return `data/load=${loadId}`;
}

const longest = 200;

/**
 * A name as a file name that every file system takes: letters, digits, `-`, `_` and inner dots stay, every other byte
 * of UTF-8 becomes `%XX`; so do the beginnings that are ours. A long one is cut and ends in a hash of the whole.
 */
export function folderName(name: string): string {
  const ours = /^_(?:sluice|log|view)/i.test(name);
  let text = "";
  for (const [at, byte] of Buffer.from(name).entries()) {
    const char = String.fromCharCode(byte);
    const plain = char === "." ? at > 0 && at < name.length - 1 : /[A-Za-z0-9_-]/.test(char);
    text += plain && !(ours && at === 0) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  if (text === "") return "%";
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 17)}%-${createHash("sha256").update(name).digest("hex").slice(0, 15)}`;
}

/**
 * Marks the files of one writer of one stream: `<hash of the stream>-<epoch>`. A newer writer of the same stream may
 * remove them, nobody else.
 */
export function writerTag(streamKey: string, epoch: number): string {
  return `${createHash("sha256").update(streamKey).digest("hex").slice(0, 12)}-${epoch}`;
}

/** Whether a file was left by an earlier writer of the stream that `tag` is of. */
export function isOlderTag(fileName: string, tag: string): boolean {
  const match = /([0-9a-f]{12})-(\d+)\.[^/]*$/.exec(fileName);
  const [stream, epoch] = tag.split("-");
  return match !== null && match[1] === stream && Number(match[2]) < Number(epoch);
}

/** A path as DuckDB's readers take it: its `*`, `?` and `[` are no pattern. */
export function literalPath(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}

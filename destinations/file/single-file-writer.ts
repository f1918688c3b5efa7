import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Column, ConfigError, SystemError, type Target, type Writer } from "../../sdk/index.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { auditTable } from "../../sdk/sql/table-audit.js";
import { appendStage } from "./append-stage.js";
import { removeIfEmpty } from "./cleanup.js";
import { type PartsOptions, rowGroupBytes } from "./copy-statement.js";
import { lazily } from "./duck.js";
import { errorCode, moveIntoPlace, syncFile } from "./durable.js";
import { emptySnapshot } from "./log/snapshot.js";
import { openParts, type WrittenFile } from "./parts.js";
import type { Session } from "./session.js";
import type { Stage } from "./stage.js";
import { fenced } from "./take-over.js";

/**
 * Writes one stream into one plain file: beside it, in a hidden folder, then renamed into place with the last commit. There
 * is no log and no state: every run writes the file anew. A newer run removes what an older one has beside the file, and
 * so the older one finds nothing to rename.
 */
export async function openSingleFileWriter(path: string, target: Target, session: Session): Promise<Writer> {
  const { connection, stream } = target;
  if (target.writeMode !== "overwrite") {
    throw new ConfigError("destination.single_file", `${path} is one file, which is only written whole`, {
      stream,
      hint: `use \`read: full_refresh\` with \`write: overwrite\`, or name a folder to ${target.writeMode} into`,
    });
  }
  if ((target.children ?? []).length > 0) {
    throw new ConfigError("destination.single_file", `${path} is one file, which has no child tables`, {
      stream,
      hint: "name a folder, or leave nested data as json or flatten it",
    });
  }
  const beside = join(dirname(path), `.${basename(path)}.sluice`);
  const own = join(beside, randomUUID());
  await rm(beside, { recursive: true, force: true });
  const files: WrittenFile[] = [];
  let columns: readonly Column[] = [];
  let load: { stage: Stage; written?: readonly WrittenFile[] } | undefined;
  const duck = lazily(session.openDuck);

  async function partsOptions(tag: string, loadId: number | undefined): Promise<PartsOptions> {
    return {
      duck: await duck(),
      format: session.format,
      folder: own,
      tag,
      fileBytes: undefined,
      rowGroupBytes: rowGroupBytes(session.context.memoryBytes),
      loadId,
      endToEnd: true,
      firstPart: files.length,
    };
  }

  function current() {
    if (load === undefined) throw new SystemError("writer.no_load", "a load was not started");
    return load;
  }

  /** One file of all parts. */
  async function assemble(): Promise<string> {
    const paths = files.map(({ name }) => join(own, name));
    if (paths.length === 1) return paths[0]!;
    if (session.format.tailOptions !== undefined) return await layEndToEnd(paths);
    const parts = openParts(await partsOptions("whole", undefined));
    const all = files[0]!.columns;
    await parts.select(session.format.read(paths, all), all);
    const [whole] = await parts.finish();
    return join(own, whole!.name);
  }

  return {
    state: undefined,
    columns: undefined,
    async start(coming, kept = []) {
      columns = [...coming, ...kept];
    },
    async startLoad(loadId) {
      const options = await partsOptions(String(loadId), target.metadataColumns ? loadId : undefined);
      load = { stage: appendStage(options, true) };
    },
    async alter() {
      throw new SystemError("writer.alter", `${path} is written whole: it has no columns to change`);
    },
    async write(batch) {
      await current().stage.write(batch);
    },
    async scan(scan) {
      return { read: await current().stage.scan(scan) };
    },
    async quarantine() {
      throw new ConfigError("destination.single_file", `${path} is one file, which keeps no rejected rows`, {
        stream,
        hint: "name a folder, or let the rules `fail` or `warn`",
      });
    },
    async audit(checks) {
      const added = current().written ?? [];
      const all = added.concat(files);
      const names = all.map(({ name }) => join(own, name));
      const read = session.format.read(names, all[0]?.columns ?? columns);
      const rows = { from: `(${read})`, columns };
      return await auditTable(checks, {
        target,
        rows,
        staged: rows,
        added: async () => all.reduce((sum, file) => sum + file.rows, 0),
        find: async () => undefined,
        query: async (sql) => (await duck()).query(sql),
        quote: quoteIdentifier,
        comparable: (expression) => expression,
      });
    },
    async flush() {
      const open = current();
      const outcome = await open.stage.finish(emptySnapshot(undefined, path), columns, []);
      open.written = outcome.add;
      return { written: outcome.written, deduplicated: 0 };
    },
    async commit({ publish }) {
      const { written } = current();
      if (written === undefined) throw new SystemError("writer.not_flushed", "a load was committed before its flush");
      files.push(...written);
      if (publish) {
        try {
          await moveIntoPlace(await assemble(), path);
        } catch (error) {
          throw errorCode(error) === "ENOENT" ? fenced(connection, stream) : error;
        }
      }
      load = undefined;
    },
    async abort() {
      await load?.stage.discard();
      load = undefined;
    },
    async close() {
      await load?.stage.discard();
      await (await duck.opened())?.close();
      await rm(own, { recursive: true, force: true });
      await removeIfEmpty(beside);
    },
  };
}

/** Appends every file after the first to the first. */
async function layEndToEnd(paths: readonly string[]): Promise<string> {
  const [first, ...others] = paths;
  for (const other of others) {
    await pipeline(createReadStream(other), createWriteStream(first!, { flags: "a" }));
  }
  await syncFile(first!);
  return first!;
}

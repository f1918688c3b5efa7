import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Target } from "../../sdk/index.js";
import { appendStage } from "./append-stage.js";
import { removeOwnFiles } from "./cleanup.js";
import { type PartsOptions, rowGroupBytes } from "./copy-statement.js";
import type { Duck } from "./duck.js";
import { keyedStage } from "./keyed-stage.js";
import { loadFolder, quarantineLoadFolder, type TableFolder } from "./layout.js";
import type { QuarantineFile } from "./log/entry.js";
import { type QuarantineSpool, quarantineSpool } from "./quarantine-spool.js";
import type { Session } from "./session.js";
import type { Outcome, Stage } from "./stage.js";
import type { Hold } from "./take-over.js";

/** A load under way. */
export interface OpenLoad {
  readonly id: number;
  readonly stage: Stage;
  readonly spool: QuarantineSpool;
  /** What it came to when it was flushed. */
  flushed?: { readonly outcome: Outcome; readonly rejected: readonly QuarantineFile[] };
  /** Removes what stands aside beside the files; with `files`, these too. */
  end(files: "kept" | "removed"): Promise<void>;
}

interface LoadOptions {
  readonly session: Session;
  readonly target: Target;
  readonly folder: TableFolder;
  readonly hold: Hold;
  readonly duck: Duck;
  readonly id: number;
}

/** How one table's files of a load are written. */
export function partsOfLoad({
  session: { config, context, format },
  target,
  folder,
  tag,
  duck,
  id,
}: Omit<LoadOptions, "hold"> & { readonly tag: string }): PartsOptions {
  return {
    duck,
    format,
    folder: join(folder.root, loadFolder(id)),
    tag,
    fileBytes: config.file_bytes,
    rowGroupBytes: rowGroupBytes(context.memoryBytes),
    loadId: target.metadataColumns ? id : undefined,
    endToEnd: false,
    firstPart: 0,
  };
}

function standingFile({ children = [] }: Target, workDir: string): string | undefined {
  return children.length === 0 ? undefined : join(workDir, `standing-${randomUUID()}.parquet`);
}

export function openLoad({ session, target, folder, hold, duck, id }: LoadOptions): OpenLoad {
  const { context } = session;
  const { tag, connection, stream } = hold;
  const { writeMode } = target;
  const parts = partsOfLoad({ session, target, folder, tag, duck, id });
  const keyed = writeMode === "merge" || writeMode === "scd2";
  const stage = keyed
    ? keyedStage({ target, folder: folder.root, loadId: id, parts, standing: standingFile(target, context.workDir) })
    : appendStage(parts, writeMode === "overwrite");
  const spool = quarantineSpool({
    workDir: context.workDir,
    root: folder.root,
    tag,
    connection,
    stream,
    loadId: id,
  });
  return {
    id,
    stage,
    spool,
    async end(files) {
      await spool.discard();
      if (files === "kept") return await stage.release();
      await stage.discard();
      await removeOwnFiles(join(folder.root, quarantineLoadFolder(id)), tag);
    },
  };
}

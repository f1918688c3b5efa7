import { type ConnectorContext, DataError, type Message, type ReadRequest, TransientError } from "../../sdk/index.js";
import type { FileConfig, Format } from "./config.js";
import { detectFormat } from "./files/detect-format.js";
import { compareFile, type FileState, fileState, type LoadedFile, loadedAs } from "./files/file-state.js";
import { freshFile, isUnchanged, settledFiles } from "./files/settled-files.js";
import type { DataFile, SourceFile } from "./files/source-file.js";
import type { FileReader } from "./reader.js";
import { isForBatches } from "./wide-rows.js";

interface FilesRead {
  readonly files: readonly SourceFile[];
  readonly config: FileConfig;
  readonly context: ConnectorContext;
  readonly reader: (format: Format) => Promise<FileReader>;
  readonly request: ReadRequest;
}

/**
 * The rows of a stream's files, one file after another with a checkpoint behind each. With a state, files that were
 * loaded and have not changed are passed over. In incremental mode a file that was loaded and has changed is read again
 * from its beginning, unless the settings say to stop: under merge its rows replace the old ones, under append they come
 * once more as the file's new version. In a full refresh that goes on after a kill, a file that has changed meanwhile
 * stops it, since its old rows are already there.
 */
export async function* readFiles({ files, config, context, reader, request }: FilesRead): AsyncGenerator<Message> {
  const state = parseState(request);
  const loaded: Record<string, LoadedFile> = { ...state.files };
  const ready =
    request.mode === "incremental"
      ? await settledFiles(files, { settleMs: config.settle_seconds * 1000, log: context.log, signal: request.signal })
      : files;
  for (const listed of ready) {
    request.signal.throwIfAborted();
    const file = await freshFile(listed);
    if (file === undefined) continue;
    const before = loaded[file.name];
    const standing = await compareFile(file, before);
    if (standing === "unchanged") {
      loaded[file.name] = { ...before!, modified: file.modified };
      continue;
    }
    if (standing === "changed") judgeChange(file, config, context, request);
    const remembered = await loadedAs(file);
    const data = await detectFormat(file, config.format);
    yield* readWhole(data, await reader(data.format), request);
    loaded[file.name] = remembered;
    yield { type: "checkpoint", state: { files: { ...loaded } } };
  }
  yield { type: "checkpoint", state: { files: loaded } };
}

/** The checkpoint must not come before it is certain that what was read is the whole file and one version of it. */
async function* readWhole(file: DataFile, reader: FileReader, asked: ReadRequest): AsyncGenerator<Message> {
  const scans = asked.scans && !(await isForBatches(file, reader));
  const request = { ...asked, scans };
  yield* placed(reader.read(file, { columns: request.stream.columns, request }), file, request);
  if (await isUnchanged(file)) return;
  throw new TransientError("file.changed_while_read", `${file.name} was changed while it was read`, {
    hint: "run again once its writer has finished; nothing of it was committed",
  });
}

/** Says where the rows of batches are that come in the file's order. */
async function* placed(
  messages: AsyncIterable<Message>,
  { name: file }: DataFile,
  { filter = [] }: ReadRequest,
): AsyncGenerator<Message> {
  let firstRow = 1;
  for await (const message of messages) {
    if (message.type !== "batch" || message.origin !== undefined) {
      yield message;
      continue;
    }
    // Read before: the buffers are somebody else's afterwards.
    const { rows } = message.batch;
    yield { ...message, origin: filter.length === 0 ? { file, firstRow } : { file } };
    firstRow += rows;
  }
}

function judgeChange(file: SourceFile, config: FileConfig, context: ConnectorContext, request: ReadRequest): void {
  if (request.mode === "full_refresh") {
    throw new DataError("file.changed", `${file.name} has changed since a part of this refresh was loaded`, {
      hint: "start the refresh over with `sluice sync --full-refresh`",
    });
  }
  if (config.changed_files === "fail") {
    throw new DataError("file.changed", `${file.name} was loaded and has changed since`, {
      hint: "changed_files: reload loads all its rows again; with write: merge they replace the old ones",
    });
  }
  if (request.rereads === "forbidden") {
    context.log("warn", `${file.name} has changed: all its rows are loaded again, beside those loaded before`, {
      file: file.name,
    });
  }
}

function parseState(request: ReadRequest): FileState {
  if (request.state === undefined) return { files: {} };
  const parsed = fileState.safeParse(request.state);
  if (parsed.success) return parsed.data;
  throw new DataError("state.invalid", "the saved state is not one of a file source", {
    hint: "reset the stream's state, or restore the one it had",
    cause: parsed.error,
  });
}

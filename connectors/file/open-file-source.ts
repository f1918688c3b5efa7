import { access, constants } from "node:fs/promises";
import {
  type BrokenStream,
  ConfigError,
  type ConnectorContext,
  type DiscoverRequest,
  errorRecord,
  type Inference,
  type Message,
  type OpenSource,
  type ReadRequest,
  SluiceError,
  type Stream,
} from "../../sdk/index.js";
import type { FileConfig, Format } from "./config.js";
import { closeEngine, type Engine, openEngine } from "./engine.js";
import { detectFormat } from "./files/detect-format.js";
import { type FileGroup, groupStreams } from "./files/group-streams.js";
import { listFiles, unreadable } from "./files/list-files.js";
import { inspectFiles } from "./inspect-files.js";
import { readFiles } from "./read-files.js";
import type { FileReader, ReaderContext } from "./reader.js";

/** The readers by format, loaded when a file needs them. */
const readers: Readonly<Record<Format, () => Promise<(reader: ReaderContext) => FileReader>>> = {
  csv: async () => (await import("./csv/csv-reader.js")).csvReader,
  tsv: async () => (await import("./csv/csv-reader.js")).csvReader,
  json: async () => (await import("./json/json-reader.js")).jsonReader,
  jsonl: async () => (await import("./json/json-reader.js")).jsonReader,
  parquet: async () => (await import("./parquet/parquet-reader.js")).parquetReader,
  arrow: async () => (await import("./arrow/arrow-reader.js")).arrowReader,
};

/** Opens the file source: nothing is touched before `check`, `discover` or `read`. */
export async function openFileSource(config: FileConfig, context: ConnectorContext): Promise<OpenSource> {
  let engine: Promise<Engine> | undefined;
  const readerContext: ReaderContext = {
    config,
    context,
    engine: () => (engine ??= openEngine(context)),
  };
  const opened = new Map<Format, Promise<FileReader>>();
  const reader = (format: Format) => {
    const known = opened.get(format) ?? readers[format]().then((open) => open(readerContext));
    opened.set(format, known);
    return known;
  };

  async function groups(): Promise<readonly FileGroup[]> {
    const listing = await listFiles(config.path, context.projectDir);
    for (const name of listing.unfinished) context.log("info", `${name} is left out: its name says it is unfinished`);
    return groupStreams(listing, config.path, config.streams);
  }

  async function describe(group: FileGroup, inference: Inference): Promise<Stream> {
    const files = await Promise.all(group.files.map((file) => detectFormat(file, config.format)));
    return {
      name: group.stream,
      columns: await inspectFiles({ files, inference, reader, signal: context.signal }),
      primaryKey: [],
      cursorFields: [],
      readModes: ["full_refresh", "incremental"],
      estimatedBytes: group.files.reduce((sum, file) => sum + file.size, 0),
    };
  }

  return {
    async check() {
      const found = await groups();
      if (found.length === 0) throw noFiles(config.path);
      for (const file of found.flatMap((group) => group.files)) {
        await access(file.path, constants.R_OK).catch((cause) => {
          throw unreadable(file.name, cause);
        });
        await detectFormat(file, config.format);
      }
    },
    async discover(request: DiscoverRequest = {}) {
      const found = await groups();
      if (found.length === 0) throw noFiles(config.path);
      const wanted = found.filter(({ stream }) => isWanted(stream, request.streams));
      const streams: Stream[] = [];
      const broken: BrokenStream[] = [];
      for (const group of wanted) {
        try {
          streams.push(await describe(group, request.inference ?? "optimistic"));
        } catch (error) {
          if (!(error instanceof SluiceError) || wanted.length === 1) throw error;
          broken.push({ name: group.stream, error: errorRecord(error) });
        }
      }
      return broken.length === 0 ? { streams } : { streams, broken };
    },
    async *read(request: ReadRequest): AsyncGenerator<Message> {
      const found = await groups();
      const group = found.find(({ stream }) => stream === request.stream.name);
      if (group === undefined) throw noStream(request.stream.name, found);
      yield* readFiles({ files: group.files, config, context, reader, request });
    },
    async close() {
      const running = await engine?.catch(() => undefined);
      if (running !== undefined) closeEngine(running);
    },
  };
}

function noFiles(path: string): ConfigError {
  return new ConfigError("file.no_match", `no file in '${path}' has a format that is known by its extension`, {
    hint: "name a file or a pattern, and its format with format: csv, tsv, json, jsonl, parquet or arrow",
  });
}

function noStream(name: string, found: readonly FileGroup[]): ConfigError {
  return new ConfigError("stream.not_found", `there are no files of a stream '${name}'`, {
    stream: name,
    hint: `the streams are ${found.map(({ stream }) => stream).join(", ")}`,
  });
}

/** Whether a stream's name fits one of the patterns; `*` stands for any characters. */
function isWanted(stream: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => {
    const literal = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${literal.join(".*")}$`, "s").test(stream);
  });
}

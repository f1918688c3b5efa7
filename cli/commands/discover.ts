import { nearest } from "../../core/schema/nearest.js";
import { matches } from "../../core/sync/match-streams.js";
import { failureCode, reportedError } from "../../core/sync/report.js";
import { formatType } from "../../sdk/schema/column-type.js";
import { type Catalog, type Stream, streamId } from "../../sdk/schema/stream.js";
import type { OpenSource } from "../../sdk/source.js";
import type { Cli } from "../cli.js";
import { findSource } from "../find-end.js";
import { print, printDocument } from "../output/print.js";
import { counted, formatBytes, formatCount } from "../output/quantities.js";
import { renderRecord } from "../output/render-error.js";
import { renderTable } from "../output/table.js";
import { UsageError } from "../usage-error.js";
import { withSource } from "../with-connector.js";

export interface DiscoverInput {
  readonly source: string;
  readonly stream: readonly string[];
  /** `name=value`, settings of a source that is a path. */
  readonly set: readonly string[];
}

/** `sluice discover`: what a source has. */
export async function discover(cli: Cli, { source, stream, set }: DiscoverInput): Promise<number> {
  const found = await findSource(cli, source, set);
  const { streams, broken = [] } = await withSource(cli, found, (opened) => catalogOf(opened, stream));
  const failed = broken.map((one) => ({ stream: streamId(one), error: reportedError(one.error) }));
  printDocument(cli, {
    source: cli.redactor.redact(source),
    streams: streams.map(streamDocument),
    ...(failed.length === 0 ? {} : { broken: failed }),
  });
  print(cli, streams.map((one) => renderStream(one, cli)).join(""));
  print(cli, `${streams.length === 0 ? "" : "\n"}${counted(streams.length, "stream")}`);
  for (const { error } of failed) print(cli, renderRecord(error, cli.paint));
  return failureCode(failed.map(({ error }) => error));
}

/** The streams wanted; all where none are named. @throws UsageError for a name that fits none */
async function catalogOf(source: OpenSource, wanted: readonly string[]): Promise<Catalog> {
  if (wanted.length === 0) return source.discover();
  const catalog = await source.discover({ streams: wanted });
  const found = [...catalog.streams, ...(catalog.broken ?? [])];
  const fits = (pattern: string) => found.some((stream) => matches(pattern, streamId(stream)));
  const missing = wanted.find((pattern) => !fits(pattern));
  if (missing === undefined) return catalog;
  const near = nearest(missing, (await source.discover()).streams.map(streamId));
  throw new UsageError("usage.unknown_stream", `the source has no stream '${missing}'`, {
    hint: near === undefined ? "without --stream all are listed that this user may read" : `did you mean '${near}'?`,
  });
}

function streamDocument(stream: Stream) {
  return {
    stream: streamId(stream),
    columns: stream.columns.map(({ name, type, nullable, native }) => ({
      name,
      type: formatType(type),
      nullable,
      ...(native && { native_type: native.type }),
    })),
    primary_key: stream.primaryKey,
    cursor_fields: stream.cursorFields,
    read_modes: stream.readModes,
    estimated_rows: stream.estimatedRows ?? null,
    estimated_bytes: stream.estimatedBytes ?? null,
  };
}

function renderStream(stream: Stream, { paint }: Cli): string {
  const facts = [
    ...(stream.estimatedRows === undefined ? [] : [`about ${formatCount(stream.estimatedRows)} rows`]),
    ...(stream.estimatedBytes === undefined ? [] : [formatBytes(stream.estimatedBytes)]),
    stream.readModes.join(" or "),
  ];
  const foreign = stream.columns.some(({ native }) => native !== undefined);
  const rows = stream.columns.map(({ name, type, nullable, native }) => [
    name,
    formatType(type),
    nullable ? "" : "not null",
    ...(foreign ? [paint.dim(native?.type ?? "")] : []),
    paint.accent(roleOf(stream, name)),
  ]);
  const titles = ["column", "type", "", ...(foreign ? ["at the source"] : []), ""].map((title) => ({ title }));
  return `\n${paint.bold(streamId(stream))}  ${paint.dim(facts.join(", "))}\n${renderTable(titles, rows, paint)}`;
}

function roleOf({ primaryKey, cursorFields }: Stream, column: string): string {
  const roles = [...(primaryKey.includes(column) ? ["key"] : []), ...(cursorFields.includes(column) ? ["cursor"] : [])];
  return roles.join(", ");
}

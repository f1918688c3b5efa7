import { formatType } from "../../sdk/schema/column-type.js";
import { type Stream, streamId } from "../../sdk/schema/stream.js";
import type { Cli } from "../cli.js";
import { findSource } from "../find-end.js";
import { print, printDocument } from "../output/print.js";
import { counted, formatBytes, formatCount } from "../output/quantities.js";
import { renderTable } from "../output/table.js";
import { withSource } from "../with-connector.js";

export interface DiscoverInput {
  readonly source: string;
  readonly stream: readonly string[];
}

/** `sluice discover`: what a source has. */
export async function discover(cli: Cli, { source, stream }: DiscoverInput): Promise<number> {
  const found = await findSource(cli, source);
  const request = stream.length === 0 ? {} : { streams: stream };
  const { streams } = await withSource(cli, found, (opened) => opened.discover(request));
  printDocument(cli, { source, streams: streams.map(streamDocument) });
  print(cli, streams.map((one) => renderStream(one, cli)).join("\n"));
  print(cli, `${streams.length === 0 ? "" : "\n"}${counted(streams.length, "stream")}`);
  return 0;
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
  const rows = stream.columns.map(({ name, type, nullable, native }) => [
    name,
    formatType(type),
    nullable ? "" : "not null",
    paint.dim(native === undefined || native.type === formatType(type) ? "" : native.type),
    paint.accent(
      [
        ...(stream.primaryKey.includes(name) ? ["key"] : []),
        ...(stream.cursorFields.includes(name) ? ["cursor"] : []),
      ].join(", "),
    ),
  ]);
  const titles = ["column", "type", "", "at the source", ""].map((title) => ({ title }));
  return `\n${paint.bold(streamId(stream))}  ${paint.dim(facts.join(", "))}\n${renderTable(titles, rows, paint)}`;
}

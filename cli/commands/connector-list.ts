import type { Destination } from "../../sdk/destination.js";
import { streamId } from "../../sdk/schema/stream.js";
import type { Source } from "../../sdk/source.js";
import type { Cli } from "../cli.js";
import { print, printDocument } from "../output/print.js";
import { renderTable } from "../output/table.js";

/** What is listed of a name: it may be a source, a destination or both. */
interface Listed {
  readonly name: string;
  readonly source: Source | undefined;
  readonly destination: Destination | undefined;
}

/** `sluice connector list`: the connectors there are, with what they read and how they write. */
export async function listConnectors(cli: Cli): Promise<number> {
  const names = [...new Set([...Object.keys(cli.sources), ...Object.keys(cli.destinations)])].sort();
  const listed = await Promise.all(
    names.map(
      async (name): Promise<Listed> => ({
        name,
        source: await cli.sources[name]?.(),
        destination: await cli.destinations[name]?.(),
      }),
    ),
  );
  printDocument(cli, { connectors: listed.map(documentOf) });
  const titles = ["name", "", "source", "destination", "streams", "read modes", "write modes"];
  print(
    cli,
    renderTable(
      titles.map((title) => ({ title })),
      listed.map((one) => rowOf(one, cli)),
      cli.paint,
    ),
  );
  print(cli, cli.paint.dim("\nA connector may also be an npm package or a file: connector: ./my-source.ts"));
  return 0;
}

function titleOf({ name, source, destination }: Listed): string {
  return source?.title ?? destination?.title ?? name;
}

function streamsOf({ source }: Listed): string[] | undefined {
  return source?.streams?.map(streamId);
}

/** Those of its streams; undefined where streams depend on its settings. */
function readModesOf({ source }: Listed): string[] | undefined {
  return source?.streams && [...new Set(source.streams.flatMap(({ readModes }) => readModes))];
}

function documentOf(one: Listed) {
  const { name, source, destination } = one;
  return {
    name,
    title: titleOf(one),
    source: source !== undefined,
    destination: destination !== undefined,
    ...(source && { streams: streamsOf(one) ?? null, read_modes: readModesOf(one) ?? null }),
    ...(destination && { write_modes: destination.capabilities.writeModes }),
  };
}

function rowOf(one: Listed, { paint }: Cli): string[] {
  const { name, source, destination } = one;
  const mark = (has: boolean) => (has ? paint.good("✓") : "");
  const perSetting = source === undefined ? "" : "by its settings";
  return [
    paint.bold(name),
    titleOf(one),
    mark(source !== undefined),
    mark(destination !== undefined),
    paint.dim(streamsOf(one)?.join(", ") ?? perSetting),
    paint.dim(readModesOf(one)?.join(", ") ?? perSetting),
    paint.dim(destination?.capabilities.writeModes.join(", ") ?? ""),
  ];
}

import { configJsonSchema } from "../../sdk/config/json-schema.js";
import type { Destination } from "../../sdk/destination.js";
import { streamId } from "../../sdk/schema/stream.js";
import type { FixedStream, Source } from "../../sdk/source.js";
import { settingsTable } from "./settings-table.js";

/** The reference page of a source, in Markdown: its settings, and its streams where it always has the same. */
export function sourcePage({ title, config, streams = [] }: Source, intro: string): string {
  const table = settingsTable(configJsonSchema(config));
  return page(`${title}, source`, [intro, table, ...(streams.length === 0 ? [] : [streamsTable(streams)])]);
}

/** The reference page of a destination: its settings and write modes. */
export function destinationPage({ title, config, capabilities }: Destination, intro: string): string {
  const modes = `Write modes: ${capabilities.writeModes.join(", ")}.`;
  return page(`${title}, destination`, [`${intro} ${modes}`, settingsTable(configJsonSchema(config))]);
}

/** A generated page. */
export function page(title: string, parts: readonly string[]): string {
  const source = "<!-- Generated from the code: edit the schema, not this page. -->";
  return `${[`# ${title}`, source, ...parts].join("\n\n")}\n`;
}

function streamsTable(streams: readonly FixedStream[]): string {
  const rows = streams.map((stream) => {
    const { primaryKey, cursorFields, readModes } = stream;
    return `| \`${streamId(stream)}\` | ${names(primaryKey)} | ${names(cursorFields)} | ${readModes.join(", ")} |`;
  });
  return ["| stream | key | cursor | read modes |", "|---|---|---|---|", ...rows].join("\n");
}

function names(columns: readonly string[]): string {
  return columns.map((name) => `\`${name}\``).join(", ");
}

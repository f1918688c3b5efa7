import type { Endpoint } from "../endpoint.js";
import type { Mover } from "../mover.js";
import type { PeerTools } from "./peer-tools.js";

/** ingestr 1.x with its defaults; for merges it is told where the changes begin, without which it reads the whole table. */
export function ingestr(tools: PeerTools): Mover {
  const command = (from: Endpoint, to: Endpoint, more: readonly string[]) => {
    const source = sourceUri(from);
    const target = targetUri(to);
    if (source === undefined || target === undefined) return undefined;
    const tables = ["--source-table", tableOf(from), "--dest-table", tableOf(to)];
    const uris = ["--source-uri", source, "--dest-uri", target];
    return {
      argv: [tools.ingestr, "ingest", "--yes", "--progress", "log", ...uris, ...tables, ...more],
      env: tools.env,
    };
  };
  return {
    name: "ingestr",
    version: "1.0.78",
    copy: (from, to) => command(from, to, []),
    merge: (from, to, { key, cursor, since }) => {
      const keys = ["--primary-key", key, "--incremental-key", cursor, "--incremental-strategy", "merge"];
      return command(from, to, [...keys, ...(since === undefined ? [] : ["--interval-start", since])]);
    },
    written: (to) => to,
  };
}

function sourceUri(from: Endpoint): string | undefined {
  if (from.kind === "postgres") return from.url;
  if (from.kind === "duckdb") return `duckdb:///${from.path}`;
  return from.format === "csv" ? `csv://${from.path}` : undefined;
}

function targetUri(to: Endpoint): string | undefined {
  if (to.kind === "postgres") return to.url;
  if (to.kind === "duckdb") return `duckdb:///${to.path}`;
  return to.format === "parquet" ? `parquet://${to.path}` : undefined;
}

function tableOf(end: Endpoint): string {
  return end.kind === "file" ? end.table : `${end.schema}.${end.table}`;
}

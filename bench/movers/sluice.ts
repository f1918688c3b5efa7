import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../endpoint.js";
import type { HttpList } from "../http-list.js";
import type { Mover } from "../mover.js";
import { dataFolder, root, sluiceProgram } from "../workspace.js";

/** Sluice, by its public command line and with its defaults. */
export function sluice(): Mover {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return {
    name: "sluice",
    version,
    copy: (from, to) => ({ argv: words(from, to) }),
    merge: (from, to, { key, cursor }) => ({
      argv: [...words(from, to), "--read", "incremental", "--write", "merge", "--primary-key", key, "--cursor", cursor],
    }),
    load: (from, to) => {
      const folder = dataFolder("rest");
      writeFileSync(join(folder, "sluice.yaml"), JSON.stringify(project(from, to)));
      return { argv: [process.execPath, sluiceProgram, "sync", "--project", folder] };
    },
    written: (to) => to,
  };
}

function words(from: Endpoint, to: Endpoint): string[] {
  const stream = ["--stream", from.kind === "file" ? from.table : `${from.schema}.${from.table}`];
  const target = to.kind === "file" ? [] : ["--schema", to.schema, "--table", to.table];
  return [process.execPath, sluiceProgram, "copy", location(from), location(to), ...stream, ...target];
}

function location(end: Endpoint): string {
  return end.kind === "postgres" ? end.url : end.path;
}

function project({ url, path, by }: HttpList, to: Endpoint) {
  const paginate = {
    page: { type: "page", pages: "meta.pages" },
    cursor: { type: "cursor", param: "after", path: "meta.next" },
  }[by];
  const schema = to.kind === "file" ? "bench" : to.schema;
  return {
    sources: {
      api: { connector: "rest", base_url: url, streams: { [to.table]: { path, records: "data", paginate } } },
    },
    destinations: { out: { connector: "duckdb", path: location(to) } },
    connections: { bench: { source: "api", destination: "out", schema, streams: { [to.table]: {} } } },
  };
}

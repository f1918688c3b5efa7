import { join } from "node:path";
import type { Endpoint } from "../endpoint.js";
import type { Mover } from "../mover.js";
import { dataFolder, root } from "../workspace.js";
import type { PeerTools } from "./peer-tools.js";

/** dlt with its fastest documented settings; see run_dlt.py. */
export function dlt(tools: PeerTools): Mover {
  const run = (from: Endpoint, to: Endpoint, [write, ...more]: readonly string[]) => {
    if (from.kind === "duckdb" || (from.kind === "file" && from.format !== "csv")) return undefined;
    if (to.kind === "file" && to.format !== "parquet") return undefined;
    const source = from.kind === "file" ? from.path : withPassword(from.url);
    const target = to.kind === "postgres" ? withPassword(to.url) : to.path;
    const destination = to.kind === "file" ? "filesystem" : to.kind;
    const dataset = to.kind === "file" ? "rows" : to.schema;
    const program = join(root, "bench/movers/run_dlt.py");
    const pipelines = dataFolder(`dlt/${[from.kind, to.kind, to.table, write, ...more].join("-")}`);
    const places = [source, from.table, destination, target, dataset, pipelines];
    return {
      argv: [tools.python, "-W", "ignore", program, ...places, write!, ...more],
      env: tools.env,
      cwd: join(root, "bench/movers"),
    };
  };
  return {
    name: "dlt",
    version: "1.31.0",
    copy: (from, to) => run(from, to, ["replace"]),
    merge: (from, to, { cursor, key }) => run(from, to, ["merge", cursor, key]),
    refine: (from, to, work) => run(from, to, ["replace", work]),
    load: ({ url, path, by }, to) => ({
      argv: [
        ...[tools.python, "-W", "ignore", join(root, "bench/movers/run_dlt_rest.py"), url, path, by, to.table],
        ...[
          to.kind === "postgres" ? to.url : to.path,
          to.kind === "file" ? "rows" : to.schema,
          dataFolder(`dlt/rest-${by}`),
        ],
      ],
      env: { ...tools.env, NORMALIZE__WORKERS: "2", LOAD__WORKERS: "2" },
      cwd: join(root, "bench/movers"),
    }),
    written: (to) => (to.kind === "file" ? { ...to, path: `${to.path}/rows/${to.table}/*.parquet` } : to),
  };
}

/** dlt refuses a Postgres URL without a password, even where the server asks for none. */
function withPassword(url: string): string {
  const given = new URL(url);
  if (given.password === "") given.password = "none";
  return given.href;
}

import type { Endpoint } from "../endpoint.js";
import type { Mover } from "../mover.js";
import type { PeerTools } from "./peer-tools.js";

/** Sling with its defaults. */
export function sling(tools: PeerTools): Mover {
  const run = (from: Endpoint, to: Endpoint, mode: readonly string[]) => ({
    argv: [tools.sling, "run", ...source(from), ...target(to), ...mode],
    env: tools.env,
  });
  return {
    name: "sling",
    version: "1.4.11",
    copy: (from, to) => run(from, to, ["--mode", "full-refresh"]),
    merge: (from, to, { key, cursor }) =>
      run(from, to, ["--mode", "incremental", "--primary-key", key, "--update-key", cursor]),
    written: (to) => to,
  };
}

function source(from: Endpoint): string[] {
  if (from.kind === "file") {
    const fields = from.format === "jsonl" ? ["--src-options", '{"flatten": true}'] : [];
    return ["--src-stream", `file://${from.path}`, ...fields];
  }
  return ["--src-conn", connection(from), "--src-stream", `${from.schema}.${from.table}`];
}

function target(to: Endpoint): string[] {
  if (to.kind === "file") return ["--tgt-object", `file://${to.path}`];
  return ["--tgt-conn", connection(to), "--tgt-object", `${to.schema}.${to.table}`];
}

function connection(end: Exclude<Endpoint, { kind: "file" }>): string {
  return end.kind === "duckdb" ? `duckdb://${end.path}` : `${end.url}?sslmode=disable`;
}

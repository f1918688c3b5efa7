#!/usr/bin/env node
// An Airbyte source of the rows in a file. `fault` in its config makes it misbehave in the middle of a read.
import { readFileSync, writeFileSync } from "node:fs";

const [command] = process.argv.slice(2);
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const config = json(option("--config"));
const descriptor = { name: "orders", namespace: "shop" };

const nullable = (type, more = {}) => ({ type: [type, "null"], ...more });
const stream = {
  ...descriptor,
  json_schema: {
    type: "object",
    properties: {
      id: { type: "integer" },
      note: nullable("string"),
      total: nullable("number", { airbyte_type: "big_number" }),
      at: nullable("string", { format: "date-time", airbyte_type: "timestamp_without_timezone" }),
      more: { oneOf: [{ type: "object" }, { type: "array" }] },
    },
  },
  supported_sync_modes: ["full_refresh", "incremental"],
  source_defined_cursor: true,
  default_cursor_field: ["at"],
  source_defined_primary_key: [["id"]],
};

let text = "";
function say(type, key, value) {
  text += `${JSON.stringify({ type, [key]: value })}\n`;
}
/** Everything so far, before the process goes on. */
function out() {
  writeFileSync(1, text);
  text = "";
}
const trace = (value) => say("TRACE", "trace", { emitted_at: 0, ...value });
const status = (value) =>
  trace({ type: "STREAM_STATUS", stream_status: { stream_descriptor: descriptor, status: value } });
const failed = (type) =>
  trace({
    type: "ERROR",
    error: { message: "no luck", internal_message: `at ${config.password}`, failure_type: type },
  });
const row = (data) => say("RECORD", "record", { stream: "orders", namespace: "shop", emitted_at: 0, data });

const faults = {
  dies() {
    out();
    process.kill(process.pid, "SIGKILL");
  },
  fails_by_config() {
    failed("config_error");
    out();
    process.exit(1);
  },
  fails_by_chance() {
    failed("transient_error");
    out();
    process.exit(1);
  },
  fails_and_ends_well: () => failed("system_error"),
  ends_halfway() {
    out();
    process.exit(0);
  },
  tears_a_line: () => {
    text += '{"type":"RECORD","record":{"stream":"orders",\n';
  },
  prints_words: () => {
    text += "Downloading page 2 of 7\n\n";
  },
  gives_another_stream: () => say("RECORD", "record", { stream: "parcels", data: { id: 1 } }),
  is_unfinished: () => status("INCOMPLETE"),
  changes_its_config() {
    const changed = { ...config, fault: "used_up", token: "second-token" };
    say("CONTROL", "control", { type: "CONNECTOR_CONFIG", connectorConfig: { config: changed } });
    out();
    process.exit(1);
  },
  says_a_lot: () => row({ id: 77, note: "x".repeat(60 * 1024 * 1024) }),
};

const commands = {
  check() {
    if (config.password === undefined) {
      return say("CONNECTION_STATUS", "connectionStatus", { status: "FAILED", message: "password is missing" });
    }
    say("CONNECTION_STATUS", "connectionStatus", { status: "SUCCEEDED" });
  },
  discover: () => say("CATALOG", "catalog", { streams: [stream] }),
  read() {
    const { streams } = json(option("--catalog"));
    if (streams.length !== 1 || streams[0].sync_id !== 1) throw new Error("not the catalog of one stream");
    const incremental = streams[0].sync_mode === "incremental";
    const saved = option("--state") && json(option("--state"))[0].stream.stream_state.at;
    say("LOG", "log", { level: "INFO", message: "reading" });
    status("STARTED");
    const rows = readFileSync(config.rows, "utf8").trim().split("\n");
    rows.forEach((line, i) => {
      const { at } = JSON.parse(line);
      if (incremental && saved !== undefined && at < saved) return;
      text += `{"type":"RECORD","record":{"stream":"orders","namespace":"shop","data":${line}}}\n`;
      say("STATE", "state", { type: "STREAM", stream: { stream_descriptor: descriptor, stream_state: { at } } });
      if (i === 2) faults[config.fault]?.();
    });
    if (config.fault !== "is_unfinished") status("COMPLETE");
    if (config.fault === "exit_code") process.exitCode = 3;
  },
};
commands[command]();
out();

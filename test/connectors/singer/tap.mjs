#!/usr/bin/env node
// A tap of the rows in a file. `fault` in its config makes it misbehave in the middle of a read.
import { readFileSync, writeFileSync } from "node:fs";

const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const config = json(option("--config"));

const nullable = (type, more = {}) => ({ type: [type, "null"], ...more });
const schema = {
  type: "object",
  definitions: { money: nullable("number", { multipleOf: 0.01 }) },
  properties: {
    id: { type: "integer" },
    note: nullable("string"),
    total: { $ref: "#/definitions/money" },
    at: nullable("string", { format: "date-time" }),
    more: nullable("object"),
  },
};
const metadata = [
  { breadcrumb: [], metadata: { "table-key-properties": ["id"], "valid-replication-keys": ["at"] } },
  { breadcrumb: ["properties", "id"], metadata: { inclusion: "automatic" } },
];

let text = "";
function say(message) {
  text += `${JSON.stringify(message)}\n`;
}
/** Everything so far, before the process goes on. */
function out() {
  writeFileSync(1, text);
  text = "";
}

function sync() {
  const { streams } = json(option("--catalog"));
  const [chosen, ...more] = streams.filter(({ metadata }) =>
    metadata.some(({ breadcrumb, metadata: known }) => breadcrumb.length === 0 && known.selected),
  );
  if (chosen === undefined || more.length > 0) throw new Error("not one stream is selected");
  const facts = chosen.metadata.find(({ breadcrumb }) => breadcrumb.length === 0).metadata;
  const bookmark = option("--state") && json(option("--state")).bookmarks.orders;
  say({ type: "SCHEMA", stream: "orders", schema, key_properties: ["id"], bookmark_properties: ["at"] });
  const incremental = facts["replication-method"] === "INCREMENTAL";
  const rows = readFileSync(config.rows, "utf8").trim().split("\n");
  rows.forEach((row, i) => {
    const { at } = JSON.parse(row);
    if (incremental && bookmark !== undefined && at < bookmark) return;
    text += `{"type":"RECORD","stream":"orders","record":${row}}\n`;
    say({ type: "STATE", value: { bookmarks: { orders: at }, exact: "kept" } });
    if (i === 2) faults[config.fault]?.();
  });
  out();
  if (config.fault === "exit_code") process.exit(3);
}

const faults = {
  dies() {
    out();
    process.kill(process.pid, "SIGKILL");
  },
  throws() {
    out();
    throw new Error(`cannot reach the server with ${config.password}`);
  },
  hangs() {
    out();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  prints_words: () => {
    text += "Downloading page 2 of 7\n";
  },
  tears_a_line: () => {
    text += '{"type":"RECORD","stream":"orders","record":{"id":9,\n';
  },
  says_latin1() {
    out();
    writeFileSync(1, Buffer.from('{"type":"RECORD","stream":"orders","record":{"id":9,"note":"\xe9"}}\n', "latin1"));
  },
  gives_batches: () => say({ type: "BATCH", stream: "orders", manifest: [] }),
  gives_an_unknown_stream: () => say({ type: "RECORD", stream: "parcels", record: { id: 1 } }),
  widens() {
    const properties = { ...schema.properties, note: { type: ["integer", "null"] } };
    say({ type: "SCHEMA", stream: "orders", schema: { ...schema, properties }, key_properties: ["id"] });
  },
  rewrites_its_config() {
    const path = option("--config");
    writeFileSync(path, JSON.stringify({ ...json(path), fault: "used_up", refresh_token: "second-token" }));
    out();
    process.exit(1);
  },
  shows_its_world() {
    const seen = { args: process.argv.slice(2), env: Object.keys(process.env).sort() };
    text += `{"type":"RECORD","stream":"orders","record":${JSON.stringify({ id: 99, more: seen })}}\n`;
  },
};

process.on("uncaughtException", (error) => {
  console.error(`CRITICAL ${error.message}`);
  process.exit(1);
});

if (process.argv.includes("--discover")) {
  const stream = { tap_stream_id: "orders", stream: "orders", schema, metadata };
  const other = { ...stream, tap_stream_id: "other", stream: "other" };
  writeFileSync(1, JSON.stringify({ streams: [stream, other] }, undefined, 2));
} else {
  sync();
}

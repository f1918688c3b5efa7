// Loads rows into a lake, rejects one, replays others and kills itself at its n-th call to the file system: `node kill-child.mjs '{"n":12,…}'`.
// Prints the number of calls where it came to its end.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { n, folder, to, columns, rows, loadId, state, replayed } = JSON.parse(process.argv[2]);
let calls = 0;
for (const name of ["open", "link", "rename", "rm", "rmdir", "mkdir", "readdir", "readFile", "stat"]) {
  const call = fs.promises[name];
  fs.promises[name] = (...args) => {
    calls++;
    if (calls === n) process.kill(process.pid, "SIGKILL");
    return call(...args);
  };
}
syncBuiltinESMExports();

const { destinations } = await import("../../../program/destinations/index.js");
const file = await destinations.file();
const { createPacker } = await import("../../../dist/sdk/batch/pack.js");
const destination = await file.open(file.config.parse({ path: "lake" }), {
  projectDir: folder,
  workDir: `${folder}/work`,
  memoryBytes: 160 * 1024 ** 2,
  log: () => {},
  signal: new AbortController().signal,
});
const writer = await destination.begin(to);
await writer.start(columns);
await writer.startLoad(loadId);
const packer = createPacker(columns);
for (const row of rows) packer.add(row);
await writer.write(packer.flush());
const rejected = { rule: "r", reason: "x", row: "{}", sourcePosition: undefined };
await writer.quarantine([{ ...rejected, quarantineId: `${loadId}-1` }]);
const { written, deduplicated } = await writer.flush();
const counts = { read: rows.length, written, filtered: 0, deduplicated, quarantined: 0, bytes: 1 };
const ledger = { runId: "run", startedAt: new Date(), stateBefore: undefined, ...counts };
const publish = to.writeMode === "overwrite";
const drift = [{ entity: "columns", columnName: "a", change: "came", decision: "added" }];
await writer.commit({ loadId, state, schemaHash: "h", publish, ledger, drift, replayed });
await writer.close();
await destination.close();
process.stdout.write(String(calls));

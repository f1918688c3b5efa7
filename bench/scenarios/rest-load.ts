import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { quoted, shell } from "../command.js";
import type { HttpList } from "../http-list.js";
import type { Scenario, Surroundings } from "../scenario.js";
import { clear, targetOf } from "../targets.js";
import { dataFolder, programDir } from "../workspace.js";

const rows = 300_000;
const pageSize = 1000;
const rowsPerSecond = 50_000;

const columns = [
  ...["id", "customer_id", "quantity", "points"].map((name) => ({ name, type: "bigint" })),
  ...["total", "discount", "weight"].map((name) => ({ name, type: "double" })),
  { name: "active", type: "boolean" },
  ...["created_at", "updated_at"].map((name) => ({ name, type: "timestamptz" })),
  ...["status", "email", "title", "description", "street", "city", "currency", "reference", "note"].map((name) => ({
    name,
    type: "varchar",
  })),
];

/** Records of 1 KB from a server of this machine, which is not measured. */
export function restLoad(by: HttpList["by"], { url, movers }: Surroundings): Scenario {
  const file = join(dataFolder("rest"), `records-${rows}.jsonl`);
  let server = "";
  const list = (): HttpList => ({ url: server, path: `by_${by}`, by });
  const last = rows / pageSize;
  const query = by === "page" ? `page=[1-${last}]` : `after=[0-${last - 1}]`;
  return {
    name: `rest_to_duckdb_by_${by}`,
    title: `REST → DuckDB, ${rows.toLocaleString("en")} records of 1 KB in pages of ${pageSize.toLocaleString("en")}, by ${by}`,
    goal: { kind: "seconds", atMost: rows / rowsPerSecond },
    contenders: [
      {
        name: "floor",
        version: "curl > /dev/null",
        target: undefined,
        async setUp() {
          if (!existsSync(file)) writeRecords(file);
          server = await startServer(file);
        },
        command: () => shell(`curl --silent --fail ${quoted(`${server}/by_${by}?${query}`)} > /dev/null`),
      },
      ...movers.flatMap((mover) => {
        if (mover.load === undefined) return [];
        const target = targetOf("duckdb", url, "records", mover);
        return {
          name: mover.name,
          version: mover.version,
          target: mover.written(target),
          prepare: () => clear(target),
          command: () => mover.load!(list(), target),
        };
      }),
    ],
    expected: { place: { kind: "file", path: file, format: "jsonl", table: "records" }, columns },
  };
}

/** It ends when this process does, whose end is the end of its input. */
async function startServer(file: string): Promise<string> {
  const program = [join(programDir, "rest-server.js"), file, String(pageSize)];
  const child = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
  return `http://127.0.0.1:${port.toString().trim()}`;
}

const words = "order customer parcel shipped invoice garden window paper bottle copper river stone amber lantern".split(
  " ",
);

function writeRecords(file: string): void {
  const random = randomNumbers(7);
  const text = (length: number) => {
    let written = "";
    while (written.length < length) written += `${words[Math.floor(random() * words.length)]} `;
    return written.slice(0, length).trim();
  };
  const time = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
  const output = openSync(`${file}.new`, "w");
  for (let first = 1; first <= rows; first += pageSize) {
    const records = Array.from({ length: pageSize }, (_, i) => {
      const id = first + i;
      return JSON.stringify({
        id,
        customer_id: Math.floor(random() * 1_000_000),
        status: ["open", "paid", "shipped"][id % 3],
        email: `customer${id}@example.com`,
        total: Math.round(random() * 1_000_000) / 100,
        discount: id % 4 === 0 ? 0.5 : null,
        active: id % 2 === 0,
        created_at: time(id),
        updated_at: time(id * 2),
        title: text(60),
        description: text(510),
        street: text(24),
        city: text(12),
        currency: "EUR",
        quantity: id % 100,
        weight: random() * 10,
        reference: `${id.toString(36)}-${Math.floor(random() * 2 ** 40).toString(36)}`,
        note: id % 5 === 0 ? null : text(48),
        points: id * 3,
      });
    });
    writeSync(output, `${records.join("\n")}\n`);
  }
  closeSync(output);
  renameSync(`${file}.new`, file);
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator, with the constants of Numerical Recipes */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import duckdb from "../../../connectors/duckdb/index.js";
import { sourceConformance } from "../../../sdk/testing/source-conformance.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-source-"));
const path = join(folder, "source.duckdb");

sourceConformance(
  { describe, test, afterAll },
  {
    name: "duckdb",
    source: duckdb,
    async prepare() {
      await runDuckdb(
        path,
        `CREATE TABLE orders (id INTEGER PRIMARY KEY, customer VARCHAR NOT NULL, total DECIMAL(9,2), paid BOOLEAN,
           updated_at TIMESTAMP WITH TIME ZONE);
         INSERT INTO orders SELECT range, 'c' || range, range * 1.5, range % 2 = 0,
           TIMESTAMPTZ '2024-02-29 12:00:00+00' + to_minutes(CAST(range // 3 AS INTEGER)) FROM range(9);
         CREATE TABLE "odd types" (tiny TINYINT, unsigned UBIGINT, huge HUGEINT, span INTERVAL, kind ENUM ('a', 'b'),
           record STRUCT(a INTEGER, b VARCHAR), numbers INTEGER[], pair INTEGER[2], moment TIMESTAMP_NS, bytes BLOB, day DATE);
         INSERT INTO "odd types" SELECT range, 18446744073709551615, -range, INTERVAL (range) DAY, 'a', {a: range, b: 'x'},
           [range, NULL], [range, 1], '2024-02-29 12:00:00.123456789', 'a\\x00b', DATE '0044-03-15 (BC)' FROM range(5);
         INSERT INTO "odd types" (tiny) VALUES (NULL);
         CREATE VIEW paid AS SELECT id, total FROM orders WHERE paid OR id = 1 OR id = 3;
         CREATE TABLE _sluice_state (x INTEGER)`,
      );
      const queries = { doubled: "SELECT id * 2 AS twice FROM orders -- all of them" };
      return { config: { path, queries }, remove: async () => rmSync(folder, { recursive: true }) };
    },
    streams: [
      {
        stream: "main.orders",
        columns: {
          id: "int32",
          customer: "string",
          total: "decimal(9,2)",
          paid: "boolean",
          updated_at: "timestamp",
        },
        primaryKey: ["id"],
        rows: range(9).map((i) => order(i)),
        incremental: {
          cursorField: "updated_at",
          async grow() {
            await runDuckdb(
              path,
              `INSERT INTO orders VALUES (100, 'new', 1, true, '2024-02-29 12:02:00+00'),
                 (101, 'new', 1, true, '2024-03-01 00:00:00+00'), (102, 'new', 1, true, NULL)`,
            );
            const added = { customer: "new", total: "1.00", paid: "true" };
            return [
              { ...added, id: "100", updated_at: "2024-02-29 12:02:00+00" },
              { ...added, id: "101", updated_at: "2024-03-01 00:00:00+00" },
              { ...added, id: "102", updated_at: null },
            ];
          },
        },
      },
      {
        stream: "main.odd types",
        columns: {
          tiny: "int16",
          unsigned: "decimal(20,0)",
          huge: "decimal(38,0)",
          span: "string",
          kind: "string",
          record: "json",
          numbers: "list<int32>",
          pair: "list<int32>",
          moment: "string",
          bytes: "binary",
          day: "date",
        },
        rows: [
          ...range(5).map((i) => ({
            tiny: `${i}`,
            unsigned: "18446744073709551615",
            huge: i === 0 ? "0" : `-${i}`,
            span: i === 0 ? "00:00:00" : i === 1 ? "1 day" : `${i} days`,
            kind: "a",
            record: `{"a":${i},"b":"x"}`,
            numbers: `[${i},null]`,
            pair: `[${i},1]`,
            moment: "2024-02-29 12:00:00.123456789",
            bytes: "\\x610062",
            day: "0044-03-15 BC",
          })),
          Object.fromEntries(
            ["tiny", "unsigned", "huge", "span", "kind", "record", "numbers", "pair", "moment", "bytes", "day"].map(
              (name) => [name, null],
            ),
          ),
        ],
      },
      {
        stream: "main.paid",
        columns: { id: "int32", total: "decimal(9,2)" },
        rows: [0, 1, 2, 3, 4, 6, 8].map((i) => ({ id: `${i}`, total: order(i).total })),
      },
      { stream: "doubled", columns: { twice: "int32" }, rows: range(9).map((i) => ({ twice: `${i * 2}` })) },
    ],
  },
);

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function order(i: number) {
  return {
    id: `${i}`,
    customer: `c${i}`,
    total: (i * 1.5).toFixed(2),
    paid: String(i % 2 === 0),
    updated_at: `2024-02-29 12:0${Math.floor(i / 3)}:00+00`,
  };
}

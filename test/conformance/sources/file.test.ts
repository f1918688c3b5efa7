import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, test } from "vitest";
import file from "../../../connectors/file/index.js";
import { type CanonicalRow, sourceConformance } from "../../../sdk/testing/index.js";
import { runDuckdb } from "../../support/run-duckdb.js";

let folder: string;

const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
const csvRows = numbers.map((i) => ({ id: `${i}`, note: i % 4 === 0 ? null : `note, "${i}"\nnext`, price: `${i}.50` }));
const jsonRows = numbers.map((i) => ({ id: `${i}`, big: `${9_007_199_254_740_992n + BigInt(i)}`, tags: `[${i},"ä"]` }));
const parquetRows: CanonicalRow[] = numbers.map((i) => ({
  id: `${i}`,
  moment: `2024-02-29 12:00:00.000${String(100 + i * 2 + 1)}+00`,
  total: i % 5 === 0 ? null : `-${i}.250`,
}));

sourceConformance(
  { describe, test, afterAll },
  {
    name: "file",
    source: file,
    async prepare() {
      folder = await mkdtemp(join(tmpdir(), "sluice-files-"));
      await mkdir(join(folder, "notes"));
      await writeFile(join(folder, "notes", "first.csv"), csv(csvRows));
      const documents = jsonRows.map(({ id, big, tags }) => `{"id": ${id}, "big": ${big}, "tags": ${tags}}\n`);
      await writeFile(join(folder, "events.jsonl.gz"), gzipSync(documents.join("")));
      await runDuckdb(
        ":memory:",
        `COPY (SELECT CAST(range AS BIGINT) AS id, TIMESTAMPTZ '2024-02-29 12:00:00+00' + to_microseconds(101 + range * 2) AS moment,
           CAST(CASE WHEN range % 5 <> 0 THEN -range - 0.25 END AS DECIMAL(9,3)) AS total FROM range(1, 13))
         TO '${join(folder, "totals.parquet")}'`,
      );
      await settle("notes/first.csv", "events.jsonl.gz", "totals.parquet");
      return { config: { path: folder }, remove: () => rm(folder, { recursive: true }) };
    },
    streams: [
      {
        stream: "notes",
        columns: { id: "int64", note: "string", price: "decimal(18,2)" },
        rows: csvRows,
        incremental: {
          async grow() {
            const added = [{ id: "100", note: "", price: "-0.25" }];
            await writeFile(join(folder, "notes", "later.csv"), csv(added));
            await settle("notes/later.csv");
            return added;
          },
        },
      },
      { stream: "events", columns: { id: "int64", big: "int64", tags: "json" }, rows: jsonRows },
      { stream: "totals", columns: { id: "int64", moment: "timestamp", total: "decimal(9,3)" }, rows: parquetRows },
    ],
  },
);

function csv(rows: readonly Readonly<Record<string, string | null>>[]): string {
  const lines = rows.map((row) =>
    Object.values(row)
      .map((value) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`))
      .join(","),
  );
  return `${[Object.keys(rows[0]!).join(","), ...lines].join("\n")}\n`;
}

/** Makes files look finished: incremental reads leave fresh ones for later. */
async function settle(...names: string[]): Promise<void> {
  const past = new Date(Date.now() - 60_000);
  for (const name of names) await utimes(join(folder, name), past, past);
}

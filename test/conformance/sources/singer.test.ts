import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, test } from "vitest";
import singer from "../../../connectors/singer/index.js";
import { sourceConformance } from "../../../sdk/testing/source-conformance.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-singer-"));
const rows = join(folder, "rows.jsonl");
const tap = fileURLToPath(new URL("../../connectors/singer/tap.mjs", import.meta.url));

function line(id: number, at: string, total = `${id}.25`): string {
  return `{"id":${id},"note":"n${id}","total":${total},"at":"${at}","more":{"a":[${id}]}}\n`;
}

function row(id: number, at: string, total = `${id}.25`) {
  return { id: `${id}`, note: `n${id}`, total, at, more: `{"a":[${id}]}` };
}

sourceConformance(
  { describe, test, afterAll },
  {
    name: "singer",
    source: singer,
    async prepare() {
      const times = ["01:00:00Z", "01:00:00Z", "01:00:00Z", "02:00:00Z", "03:00:00+01:00", "04:00:00"];
      writeFileSync(rows, times.map((time, id) => line(id, `2024-02-29T${time}`)).join(""));
      return {
        config: { command: process.execPath, args: [tap], config: { rows } },
        remove: async () => rmSync(folder, { recursive: true }),
      };
    },
    streams: [
      {
        stream: "orders",
        columns: { id: "int64", note: "string", total: "decimal(38,2)", at: "timestamp", more: "json" },
        primaryKey: ["id"],
        rows: ["01", "01", "01", "02", "02", "04"].map((hour, id) => row(id, `2024-02-29 ${hour}:00:00+00`)),
        incremental: {
          cursorField: "at",
          async grow() {
            appendFileSync(
              rows,
              line(7, "2024-02-29T04:00:00") + line(8, "2024-03-01T00:00:00Z", "123456789012345678901.25"),
            );
            return [row(7, "2024-02-29 04:00:00+00"), row(8, "2024-03-01 00:00:00+00", "123456789012345678901.25")];
          },
        },
      },
    ],
  },
);

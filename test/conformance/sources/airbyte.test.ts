import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, test } from "vitest";
import airbyte from "../../../connectors/airbyte/index.js";
import { sourceConformance } from "../../../sdk/testing/source-conformance.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-airbyte-"));
const rows = join(folder, "rows.jsonl");
const program = fileURLToPath(new URL("../../connectors/airbyte/source.mjs", import.meta.url));

function line(id: number, at: string): string {
  return `{"id":${id},"note":null,"total":${id}.12345678901234567890,"at":"${at}","more":[${id},{"b":1e400}]}\n`;
}

function row(id: number, at: string) {
  return { id: `${id}`, note: null, total: `${id}.12345678901234567890`, at, more: `[${id},{"b":1e400}]` };
}

sourceConformance(
  { describe, test, afterAll },
  {
    name: "airbyte",
    source: airbyte,
    async prepare() {
      writeFileSync(rows, [0, 1, 2, 3, 4, 5].map((id) => line(id, `2024-02-29T0${id >> 1}:00:00`)).join(""));
      return {
        config: { command: process.execPath, args: [program], config: { rows, password: "sesame99" } },
        remove: async () => rmSync(folder, { recursive: true }),
      };
    },
    streams: [
      {
        stream: "shop.orders",
        columns: { id: "int64", note: "string", total: "string", at: "datetime", more: "json" },
        primaryKey: ["id"],
        rows: [0, 1, 2, 3, 4, 5].map((id) => row(id, `2024-02-29 0${id >> 1}:00:00`)),
        incremental: {
          cursorField: "at",
          async grow() {
            appendFileSync(rows, line(7, "2024-02-29T02:00:00") + line(8, "2024-03-01T00:00:00"));
            return [row(7, "2024-02-29 02:00:00"), row(8, "2024-03-01 00:00:00")];
          },
        },
      },
    ],
  },
);

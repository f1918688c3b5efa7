import type { StreamFinding } from "../../core/verify/verify-stream.js";
import type { Palette } from "./palette.js";
import { formatCount } from "./quantities.js";
import { renderRecord } from "./render-error.js";
import { renderTable } from "./table.js";
import type { ConnectionVerdict } from "./verdict-document.js";

/** What `sluice verify` found of a connection, for people. */
export function renderVerdicts({ connection, streams, error }: ConnectionVerdict, paint: Palette): string {
  const rows = streams.map(({ plan, status, finding }) => {
    const { counts, sourceRows, targetRows } = finding ?? {};
    return [
      plan.id,
      status === "same" ? paint.good("same") : status === "not_loaded" ? paint.dim("not loaded") : paint.bad(status),
      ...[sourceRows, targetRows, counts?.missing, counts?.extra, counts?.different, counts?.pending].map((number) =>
        number === undefined ? "" : formatCount(number),
      ),
    ];
  });
  const numbers = ["source", "table", "missing", "extra", "different", "not yet synced"];
  const columns = [{ title: "stream" }, { title: "" }, ...numbers.map((title) => ({ title, align: "right" as const }))];
  const remarks = streams.flatMap(({ plan, finding, error }) => [
    ...(finding === undefined ? [] : findingLines(plan.id, finding, paint)),
    ...(error === null ? [] : [renderRecord(error, paint).trimEnd()]),
  ]);
  return [
    `\n${paint.bold(connection)}`,
    ...(rows.length === 0 ? [] : [renderTable(columns, rows, paint).trimEnd()]),
    ...remarks,
    ...(error === null ? [] : [renderRecord(error, paint).trimEnd()]),
  ].join("\n");
}

function findingLines(stream: string, { keys, counts, leftOut }: StreamFinding, paint: Palette): string[] {
  const shown = keys.map(({ kind, key }) => `    ${paint.bad(kind.padEnd(9))} ${JSON.stringify(key)}`);
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const more = total > keys.length ? [`    … and ${formatCount(total - keys.length)} more`] : [];
  const left = leftOut.length === 0 ? [] : [paint.dim(`  ${stream}: not compared: ${leftOut.join(", ")}`)];
  return [...left, ...(shown.length === 0 ? [] : [`  ${stream}`, ...shown, ...more])];
}

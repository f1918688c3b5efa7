import type { StreamFinding, TableFinding } from "../../core/verify/verify-stream.js";
import type { Palette } from "./palette.js";
import { formatCount } from "./quantities.js";
import { renderRecord } from "./render-error.js";
import { renderTable } from "./table.js";
import type { ConnectionVerdict } from "./verdict-document.js";

/** What `sluice verify` found of a connection, for people. */
export function renderVerdicts({ connection, streams, error }: ConnectionVerdict, paint: Palette): string {
  const rows = streams.flatMap(({ stream, status, finding }) => [
    [
      stream,
      status === "same" ? paint.good("same") : status === "not_loaded" ? paint.dim("not loaded") : paint.bad(status),
      ...counted(finding),
    ],
    ...(finding?.children ?? []).map((child) => [`  ${child.table}`, "", ...counted(child)]),
  ]);
  const numbers = ["source", "table", "missing", "extra", "different", "not unique", "not yet synced"];
  const columns = [{ title: "stream" }, { title: "" }, ...numbers.map((title) => ({ title, align: "right" as const }))];
  const remarks = streams.flatMap(({ stream, finding, error }) => [
    ...(finding === undefined ? [] : findingLines(stream, finding, paint)),
    ...(error === null ? [] : [renderRecord(error, paint).trimEnd()]),
  ]);
  return [
    `\n${paint.bold(connection)}`,
    ...(rows.length === 0 ? [] : [renderTable(columns, rows, paint).trimEnd()]),
    ...remarks,
    ...(error === null ? [] : [renderRecord(error, paint).trimEnd()]),
  ].join("\n");
}

function counted({ counts, sourceRows, targetRows }: Partial<TableFinding> = {}): string[] {
  const { missing, extra, different, not_unique, pending } = counts ?? {};
  return [sourceRows, targetRows, missing, extra, different, not_unique, pending].map((number) =>
    number === undefined ? "" : formatCount(number),
  );
}

function findingLines(stream: string, finding: StreamFinding, paint: Palette): string[] {
  const { leftOut, children } = finding;
  const left = leftOut.length === 0 ? [] : [paint.dim(`  ${stream}: not compared: ${leftOut.join(", ")}`)];
  const severalHint =
    "not unique: the source has this key more than once, and the table has one of its rows; `primary_key` names columns that do not tell rows apart";
  const isSeveral = [finding, ...children].some(({ counts }) => counts.not_unique > 0);
  return [
    ...left,
    ...keyLines(stream, finding, paint),
    ...children.flatMap((child) => keyLines(child.table, child, paint)),
    ...(isSeveral ? [paint.dim(`  ${stream}: ${severalHint}`)] : []),
  ];
}

function keyLines(title: string, { keys, counts }: TableFinding, paint: Palette): string[] {
  const shown = keys.map(({ kind, key }) => `    ${paint.bad(kind.padEnd(10))} ${JSON.stringify(key)}`);
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const more = total > keys.length ? [`    … and ${formatCount(total - keys.length)} more`] : [];
  return shown.length === 0 ? [] : [`  ${title}`, ...shown, ...more];
}

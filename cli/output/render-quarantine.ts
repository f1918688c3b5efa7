import type { QuarantineRow } from "../../sdk/quarantine.js";
import type { Palette } from "./palette.js";
import { formatCount } from "./quantities.js";
import { renderTable } from "./table.js";

export interface QuarantineSummary {
  readonly rules: readonly { readonly stream: string; readonly rule: string; readonly rows: number }[];
  readonly newest: readonly QuarantineRow[];
}

/** How many rows each rule rejected, and the newest of them. */
export function renderQuarantineSummary({ rules, newest }: QuarantineSummary, paint: Palette): string {
  if (rules.length === 0) return paint.dim("  nothing is quarantined");
  const counts = renderTable(
    [{ title: "stream" }, { title: "rule" }, { title: "rows", align: "right" }],
    rules.map(({ stream, rule, rows }) => [stream, rule, formatCount(rows)]),
    paint,
  );
  const rows = renderTable(
    ["id", "stream", "reason", "row"].map((title) => ({ title })),
    newest.map(({ quarantineId, stream, reason, row, replayedLoadId }) => [
      quarantineId,
      stream,
      replayedLoadId === undefined ? reason : `${reason} (replayed)`,
      shortened(row),
    ]),
    paint,
  );
  return newest.length === 0 ? counts : `${counts}\n${rows}`;
}

/** One rejected row, whole. */
export function renderQuarantinedRow(row: QuarantineRow, paint: Palette): string {
  const facts = [
    ["stream", row.stream],
    ["rule", row.rule],
    ["reason", row.reason],
    ["load", String(row.loadId)],
    ["at", row.quarantinedAt.toISOString()],
    ...(row.sourcePosition === undefined ? [] : [["position", JSON.stringify(row.sourcePosition)]]),
    ...(row.replayedLoadId === undefined ? [] : [["replayed by", String(row.replayedLoadId)]]),
    ["row", row.row],
  ] as const;
  const lines = facts.map(([name, value]) => `  ${paint.dim(name!.padEnd(11))} ${value}`);
  return [`\n${paint.bold(row.quarantineId)}`, ...lines].join("\n");
}

/** A row of `sluice quarantine list --json`. Its values are a document of their own, with every digit. */
export function quarantineDocument(row: QuarantineRow) {
  return {
    quarantine_id: row.quarantineId,
    load_id: row.loadId,
    connection: row.connection,
    stream: row.stream,
    rule: row.rule,
    reason: row.reason,
    row: row.row,
    source_position: row.sourcePosition ?? null,
    quarantined_at: row.quarantinedAt.toISOString(),
    replayed_load_id: row.replayedLoadId ?? null,
  };
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

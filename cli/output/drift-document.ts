import { reportedDrift } from "../../core/sync/report.js";
import type { DriftRow } from "../../sdk/drift-record.js";
import type { Palette } from "./palette.js";
import type { ConnectionPreview } from "./plan-document.js";
import { renderRecord } from "./render-error.js";
import { renderTable } from "./table.js";

/** The changes at one connection's source. */
export interface ConnectionDrift {
  /** What waits for the next sync. */
  readonly preview: ConnectionPreview;
  /** Newest first. */
  readonly decided: readonly DriftRow[];
}

/** A connection of `sluice drift --json`. */
export function driftDocument({ preview: { connection, streams, lost, error }, decided }: ConnectionDrift) {
  return {
    connection,
    pending: streams.flatMap(({ plan, drift }) =>
      drift.map((record) => ({ stream: plan.id, ...reportedDrift(record) })),
    ),
    renames: streams.flatMap(({ plan, renames }) => renames.map((rename) => ({ stream: plan.id, ...rename }))),
    decided: decided.map(({ loadId, stream, decidedAt, ...record }) => ({
      load_id: loadId,
      stream,
      ...reportedDrift(record),
      decided_at: decidedAt.toISOString(),
    })),
    ...(lost.length === 0 ? {} : { lost }),
    error,
  };
}

/** The changes at one connection's source, for people. */
export function renderDrift({ preview, decided }: ConnectionDrift, paint: Palette): string {
  const { connection, streams, lost, error } = preview;
  const pending = streams.flatMap(({ plan, drift }) =>
    drift.map((record) => [plan.id, record.columnName ?? "", record.change, record.decision]),
  );
  const renames = streams.flatMap(({ plan, renames: likely }) =>
    likely.map(({ from, to, because }) => {
      const command = `sluice drift accept ${connection} --stream ${plan.id} --rename ${from}=${to}`;
      return `  ${plan.id}: '${to}' may be '${from}' renamed (${because.join(", ")})\n    ${paint.accent(command)}\n`;
    }),
  );
  const history = decided.map(({ decidedAt, stream, columnName, change, decision }) => [
    paint.dim(decidedAt.toISOString().slice(0, 19).replace("T", " ")),
    ...[stream, columnName ?? "", change, decision],
  ]);
  const titles = ["stream", "column", "change", "decision"].map((title) => ({ title }));
  return [
    `\n${paint.bold(connection)}\n`,
    ...[...lost.map((one) => one.error), ...(error === null ? [] : [error])].map((one) => renderRecord(one, paint)),
    ...(pending.length > 0 ? [paint.dim("  the next sync will see\n"), renderTable(titles, pending, paint)] : []),
    ...renames,
    ...(history.length > 0
      ? [paint.dim("  decided so far\n"), renderTable([{ title: "when" }, ...titles], history, paint)]
      : []),
    ...(error === null && pending.length + history.length === 0 ? [paint.dim("  no change was ever seen\n")] : []),
  ].join("");
}

import type { StreamPreview } from "../../core/sync/preview.js";
import { rulesInForce } from "../../core/sync/rules-in-force.js";
import type { Palette } from "./palette.js";
import { type ConnectionPreview, fromState, pushedFilter, statementsOf, tableOf } from "./plan-document.js";
import { formatCount } from "./quantities.js";
import { renderRecord } from "./render-error.js";
import { transformFacts } from "./transform-facts.js";

/** What a sync of a connection would do, for people. */
export function renderPlan({ connection, streams, lost, error }: ConnectionPreview, paint: Palette): string {
  const title = `\n${paint.bold(connection)}\n`;
  if (error !== null) return `${title}${renderRecord(error, paint)}`;
  const stopped = lost.map((one) => `\n  ${paint.accent(one.stream)}\n${indented(renderRecord(one.error, paint))}\n`);
  return title + [...stopped, ...streams.map((preview) => renderStream(preview, paint))].join("");
}

function renderStream(preview: StreamPreview, paint: Palette): string {
  const { plan, target } = preview;
  const from = fromState(preview);
  const pushed = pushedFilter(preview);
  const rules = rulesInForce(plan).map(({ rule, action }) => `${rule} ${paint.dim(action)}`);
  const rows = plan.stream.estimatedRows;
  const key = target.primaryKey.length > 0 ? ` by ${target.primaryKey.join(", ")}` : "";
  const cursor = plan.read === "incremental" && plan.cursorField !== undefined ? ` by ${plan.cursorField}` : "";
  const changes = preview.drift.map(({ columnName, change, decision }) => {
    return `${columnName === undefined ? "" : `${columnName}: `}${change}  ${paint.dim(decision)}`;
  });
  const renames = preview.renames.map(
    ({ from, to, because }) => `'${to}' may be '${from}' renamed  ${paint.dim(because.join(", "))}`,
  );
  const facts = [
    ["read", `${plan.read}${cursor}${rows === undefined ? "" : paint.dim(`  about ${formatCount(rows)} rows in all`)}`],
    [
      "from",
      from === null
        ? `the beginning${paint.dim(`  ${preview.rereads ?? ""}`)}`
        : `${JSON.stringify(from.state)}${paint.dim(`  ${from.committed_at ?? ""}`)}`,
    ],
    ...(pushed === null ? [] : [["pushed", `${pushed}${paint.dim("  filtered by the source")}`]]),
    ...transformFacts(plan.rows.transforms),
    ...preview.children.map((child) => ["child", `${tableOf(preview, child)}${paint.dim(`  of ${child.name}`)}`]),
    ...(rules.length === 0 ? [] : [["rules", rules.join(", ")]]),
    ["write", `${target.writeMode}${target.writeMode === "merge" || target.writeMode === "scd2" ? key : ""}`],
    ["once", `${preview.guarantee.guarantee}${paint.dim(`  ${preview.guarantee.because}`)}`],
    ...statementsOf(preview).map((statement) => ["ddl", statement]),
    ...changes.map((text) => ["drift", text]),
    ...renames.map((text) => ["drift", text]),
    ...preview.views.map((view) => ["breaks", `the view ${view}`]),
  ];
  return [
    `\n  ${paint.accent(plan.id)} → ${paint.accent(tableOf(preview))}`,
    ...facts.map(([name = "", value = ""]) => `    ${paint.dim(name.padEnd(9))}${value}`),
    ...(preview.error === null ? [] : [indented(renderRecord(preview.error, paint))]),
    "",
  ].join("\n");
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "    ");
}

import Table from "cli-table3";
import type { Goal } from "./scenario.js";
import type { ContenderSummary, Summary } from "./summary.js";

/** The results as a table for people. */
export function table(summaries: readonly Summary[]): string {
  const lines = new Table({
    head: ["path", "who", "median s", "min–max", "of floor", "goal", "peak RSS", "rows and values"],
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    colWidths: [30, null, null, null, null, null, null, 34],
  });
  for (const { title, goal, contenders, reached } of summaries) {
    contenders.forEach((each, i) => {
      const isSluice = each.name === "sluice";
      lines.push([
        i === 0 ? title : "",
        i === 0 ? each.version : `${each.name} ${each.version}`,
        each.median?.toFixed(2) ?? "–",
        each.min === undefined || each.max === undefined ? "–" : `${each.min.toFixed(2)}–${each.max.toFixed(2)}`,
        i === 0 || each.ratio === undefined ? "" : each.ratio.toFixed(2),
        isSluice ? `${goalText(goal)} ${reached ? "✓" : "✗"}` : "",
        each.peak_rss_largest === undefined ? "–" : memory(each),
        i === 0 ? "" : verdict(each),
      ]);
    });
  }
  return lines.toString();
}

function goalText(goal: Goal): string {
  switch (goal.kind) {
    case "ratio":
      return `≥ ${Number(goal.atLeast.toFixed(2))}`;
    case "seconds":
      return `≤ ${goal.atMost} s`;
    case "memory":
      return "RSS";
  }
}

/** Of the largest process, and of all together where that is more. */
function memory({ peak_rss_largest: largest = 0, peak_rss_tree: tree = 0 }: ContenderSummary): string {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)}`;
  return tree > largest * 1.05 ? `${mebibytes(largest)} (${mebibytes(tree)}) MiB` : `${mebibytes(largest)} MiB`;
}

function verdict({ error, differences }: ContenderSummary): string {
  if (error !== undefined) return `failed: ${error.trim().split("\n").at(-1)}`;
  if (differences === undefined) return "";
  return differences.length === 0 ? "agree" : `differ: ${differences.join(", ")}`;
}

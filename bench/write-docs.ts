// Puts results into docs/benchmarks.md and README.md. usage: npm run bench:docs -- RESULT.json… (of several, the last that has a path)
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContenderSummary, Summary } from "./summary.js";
import { root } from "./workspace.js";

interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory_bytes: number;
  readonly node: string;
  readonly postgres: string;
}

const files = process.argv.slice(2).map((path): { machine: Machine; results: Summary[] } => {
  return JSON.parse(readFileSync(path, "utf8"));
});
const summaries = new Map(files.flatMap(({ results }) => results.map((each) => [each.name, each] as const)));
const machine = files.at(-1)?.machine;
if (machine === undefined) throw new Error("no results: name the JSON files that `npm run bench` wrote");

fill("docs/benchmarks.md", "machine", describe(machine));
fill("docs/benchmarks.md", "results", fullTable([...summaries.values()]));
fill("README.md", "results", shortTable([...summaries.values()]));

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function fill(path: string, name: string, text: string): void {
  const file = join(root, path);
  const marks = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(marks, (_, begin, end) => `${begin}\n\n${text}\n\n${end}`),
  );
}

function describe({ processor, cores, memory_bytes, node, postgres }: Machine): string {
  const memory = Math.round(memory_bytes / 1024 ** 3);
  return `${cores} cores (${processor}), ${memory} GiB of memory, Node ${node.slice(1)}, PostgreSQL ${postgres.split(" ")[0]} on the same machine.`;
}

function fullTable(all: readonly Summary[]): string {
  const lines = all.flatMap(({ title, goal, reached, contenders }) =>
    contenders.map((each, i) => {
      const isSluice = each.name === "sluice";
      return [
        i === 0 ? title : "",
        isSluice ? "**Sluice**" : i === 0 ? floorName(each) : `${each.name} ${each.version}`,
        seconds(each),
        i === 0 ? "" : (each.ratio?.toFixed(2) ?? ""),
        isSluice ? `${goalText(goal)} ${reached ? "reached" : "not reached"}` : "",
        memory(each),
        i === 0 ? "" : verdict(each),
      ];
    }),
  );
  const head = ["path", "by", "seconds (min–max)", "of the floor's speed", "goal", "peak memory", "rows and values"];
  return markdown(head, lines);
}

function shortTable(all: readonly Summary[]): string {
  const shown = all.filter(({ name }) => name.endsWith(":lineitem") || !/:|wide|refined|rejecting/.test(name));
  const lines = shown.map(({ title, contenders }) => {
    const own = contenders.find(({ name }) => name === "sluice");
    const [floor] = contenders;
    return [
      title,
      own === undefined ? "" : seconds(own),
      `${floor?.version}: ${floor?.median?.toFixed(2)}`,
      memory(own),
    ];
  });
  return markdown(["path", "Sluice, seconds", "floor, seconds", "peak memory"], lines);
}

/** A copy by Sluice itself is the floor of what is done to its rows. */
function floorName({ name, version }: ContenderSummary): string {
  return name === "floor" ? version : `Sluice, ${name}`;
}

function goalText(goal: Summary["goal"]): string {
  if (goal.kind === "ratio") return `≥ ${Number(goal.atLeast.toFixed(2))}`;
  return goal.kind === "seconds" ? `≤ ${goal.atMost} s` : "memory";
}

function seconds({ median, min, max }: ContenderSummary): string {
  if (median === undefined || min === undefined || max === undefined) return "–";
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

function memory(each: ContenderSummary | undefined): string {
  return each?.peak_rss_tree === undefined ? "–" : `${Math.round(each.peak_rss_tree / 1024 ** 2)} MiB`;
}

function verdict({ error, differences }: ContenderSummary): string {
  if (error !== undefined) return "failed";
  if (differences === undefined) return "";
  return differences.length === 0 ? "agree" : `differ: ${differences.join(", ")}`;
}

function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...lines.map(row)].join("\n");
}

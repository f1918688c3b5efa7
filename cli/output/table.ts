import Table from "cli-table3";
import type { Palette } from "./palette.js";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
}

const nothing = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "   ",
};

/** Rows under quiet titles, without lines, indented by two; ends with a line break. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  paint: Palette,
): string {
  const table = new Table({
    chars: nothing,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    head: columns.map((column) => paint.dim(column.title)),
    colAligns: columns.map((column) => column.align ?? "left"),
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split("\n");
  return lines.map((line) => `  ${line.trimEnd()}\n`).join("");
}

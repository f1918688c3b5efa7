import { ConfigError } from "../../sdk/errors.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { nearest } from "../schema/nearest.js";
import type { LoadRule } from "./load-rule.js";

const times = new Set(["date", "datetime", "timestamp"]);

/** @throws ConfigError `stream.no_column`, `rule.type` for a load rule about a column that the rows do not leave with, or with another type than it needs */
export function requireRuleColumns(stream: string, rules: readonly LoadRule[], columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name);
  for (const { name, test, option } of rules) {
    const refuse = (code: string, column: string, message: string, hint: string): never => {
      const place = { stream, column, option: { path: option } };
      throw new ConfigError(code, `stream '${stream}': rule ${name}: ${message}`, { ...place, hint });
    };
    const wanted = test.type === "unique" ? test.columns : "column" in test ? [test.column] : [];
    const missing = wanted.find((column) => !names.includes(column));
    if (missing !== undefined) {
      const near = nearest(missing, names);
      const hint = near === undefined ? `the columns are ${names.join(", ")}` : `did you mean '${near}'?`;
      refuse("stream.no_column", missing, `there is no column '${missing}'`, hint);
    }
    if (test.type !== "freshness") continue;
    const { type } = columns.find((column) => column.name === test.column)!;
    if (times.has(type.kind)) continue;
    const message = `'${test.column}' is ${formatType(type)}, and no date, datetime or timestamp`;
    refuse(
      "rule.type",
      test.column,
      message,
      "name a column that says when a row was made or changed, or cast this one",
    );
  }
}

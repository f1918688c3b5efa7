import { ConfigError } from "../../sdk/errors.js";
import { nearest } from "../schema/nearest.js";
import type { LoadRule } from "./load-rule.js";

/** @throws ConfigError `stream.no_column` for a load rule about a column that the rows do not leave with */
export function requireRuleColumns(stream: string, rules: readonly LoadRule[], columns: readonly string[]): void {
  for (const { name, test, option } of rules) {
    const wanted = test.type === "unique" ? test.columns : "column" in test ? [test.column] : [];
    const missing = wanted.find((column) => !columns.includes(column));
    if (missing === undefined) continue;
    const near = nearest(missing, columns);
    throw new ConfigError("stream.no_column", `stream '${stream}': rule ${name}: there is no column '${missing}'`, {
      stream,
      column: missing,
      option: { path: option },
      hint: near === undefined ? `the columns are ${columns.join(", ")}` : `did you mean '${near}'?`,
    });
  }
}

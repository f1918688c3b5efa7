import type { Capabilities } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import { childTables } from "../nested/child-tables.js";
import { fold } from "../schema/naming.js";
import type { StreamPlan } from "./stream-plan.js";

/** Two streams may not share a table, whatever the case or Unicode form of its name; nor may their child tables. @throws ConfigError */
export function refuseTwins(plans: readonly StreamPlan[], capabilities: Capabilities): void {
  const owners = new Map<string, string>();
  for (const { id, table, options } of plans) {
    const children = childTables(options.nested, { table, primaryKey: [], naming: capabilities });
    const tables = [{ owner: id, table }, ...children.map((child) => ({ ...child, owner: `${id}: ${child.name}` }))];
    for (const { owner, table } of tables) {
      const other = owners.get(fold(table, capabilities));
      if (other !== undefined) {
        throw new ConfigError(
          "naming.table_collision",
          `streams '${other}' and '${owner}' would both be table '${table}'`,
          {
            stream: id,
            hint: "give one of them another name: `table:`, or { child_table: … } under `nested`",
          },
        );
      }
      owners.set(fold(table, capabilities), owner);
    }
  }
}

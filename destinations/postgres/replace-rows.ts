import type { SchemaChange } from "../../sdk/destination.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { castExpression } from "./column-plan.js";
import { findTable, type Relation, type TableName } from "./relation.js";
import type { StrategyContext } from "./strategy.js";
import { alterTable, planTable } from "./table-plan.js";
import { isOwnColumn, loadIdColumn, nameList } from "./tables.js";

interface Replacement {
  readonly built: TableName;
  readonly relation: Relation;
  readonly referencedKeys: readonly (readonly string[])[];
}

/**
 * Gives a table the rows of another one and nothing else. DELETE and INSERT, since TRUNCATE would lock readers out until
 * the commit and show an older snapshot an empty table. Rows that foreign keys of other tables refer to are updated, so
 * that those never point nowhere.
 */
export async function replaceRows(
  context: StrategyContext,
  { built, relation, referencedKeys }: Replacement,
): Promise<void> {
  const { session, table, target } = context;
  const source = await findTable(session, built);
  const columns = source!.columns.filter((column) => !isOwnColumn(column));
  const changes = differences(relation.columns, columns);
  const plan = planTable(table, relation, {
    columns,
    kept: [],
    changes,
    loadId: target.metadataColumns,
  });

  const names = plan.columns.map(({ column }) => column.name);
  const values = plan.columns.map(castExpression);
  if (target.metadataColumns) {
    names.push(loadIdColumn);
    values.push(quoteIdentifier(loadIdColumn));
  }
  const [to, from] = [quoteTable(table), quoteTable(built)];
  const insert = `insert into ${to} (${nameList(names)}) select ${values.join(", ")} from ${from} s`;
  const [key, ...others] = referencedKeys;
  if (key === undefined || others.some((other) => other.join("\0") !== key.join("\0"))) {
    await session.run(`delete from ${to}`);
    await alterTable(session, table, plan);
    await session.run(insert);
    return;
  }
  await alterTable(session, table, plan);
  const sameKey = key.map((name) => `t.${quoteIdentifier(name)} = s.${quoteIdentifier(name)}`).join(" and ");
  const set = names.map((name, i) => `${quoteIdentifier(name)} = s.${values[i]}`);
  await session.run(
    `delete from ${to} t where not exists (select from ${from} s where ${sameKey});
     update ${to} t set ${set.join(", ")} from ${from} s where ${sameKey};
     ${insert} where not exists (select from ${to} t where ${sameKey})`,
  );
}

/** What an old table lacks to hold the rows of a new one. */
export function differences(old: readonly Column[], built: readonly Column[]): SchemaChange[] {
  return built.flatMap((column): SchemaChange[] => {
    const before = old.find(({ name }) => name === column.name);
    if (before === undefined) return [{ type: "add_column", column: { ...column, nullable: true } }];
    const changes: SchemaChange[] = [];
    if (!sameType(before.type, column.type)) {
      changes.push({ type: "widen_column", column: column.name, from: before.type, to: column.type });
    }
    if (!before.nullable && column.nullable) changes.push({ type: "allow_null", column: column.name });
    return changes;
  });
}

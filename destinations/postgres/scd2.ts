import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { type ColumnPlan, newColumnPlan } from "./column-plan.js";
import { dropOlderVersions, dropOutrun } from "./deduplicate.js";
import { castStage, columnNames, createStage, type Intake } from "./intake.js";
import { findTable } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { alterTable, planTable, type TablePlan } from "./table-plan.js";
import { createTable, nameList, validFromColumn, validToColumn } from "./tables.js";

const validFrom = quoteIdentifier(validFromColumn);
const validTo = quoteIdentifier(validToColumn);

/**
 * scd2: every version of a key is a row, the current one with no `_sluice_valid_to`. A version that is as it was adds
 * nothing; with a full refresh, keys that did not come are closed. The versions of a key are contiguous: one ends at the
 * instant, later than its beginning, at which the next begins.
 */
export function scd2Strategy(context: StrategyContext): Strategy {
  const { session, target, table, stage } = context;
  const loadId = target.metadataColumns;
  const keys = target.primaryKey;
  const name = quoteTable(table);
  let intake: Intake;
  let plan: TablePlan | undefined;
  let asOf: number | undefined;
  let kept: readonly Column[] = [];

  return {
    table,
    staged: () => stage,
    async open(load) {
      ({ asOf, kept } = load);
      const relation = await findTable(session, table);
      if (relation === undefined) {
        const plans = load.columns.map(newColumnPlan);
        await session.run(createTable(table, { plans, kept: load.kept, keys, loadId, validity: true }));
        await session.run(`create unique index on ${name} (${nameList(keys)}) where ${validTo} is null`);
        intake = await createStage(session, { name: stage, plans, keys, loadId: load.loadId });
        return intake;
      }
      if (![validFromColumn, validToColumn].every((own) => relation.columns.some((column) => column.name === own))) {
        throw new ConfigError("target.not_a_history", `table ${name} has no ${validFromColumn} and ${validToColumn}`, {
          hint: "it was loaded with another write mode: name another table with `table:`, or drop it",
        });
      }
      plan = planTable(table, relation, { ...load, loadId });
      intake = await createStage(session, { name: stage, plans: plan.columns, keys, loadId: load.loadId });
      return intake;
    },
    async settle() {
      if (plan !== undefined) await alterTable(session, table, plan);
      await castStage(session, intake);
      const doubled = await dropOlderVersions(session, stage, target);
      const older = doubled + (await dropOutrun(context, asOf, `old.${validTo} is null`));
      const sameKey = keys.map((key) => `t.${quoteIdentifier(key)} = s.${quoteIdentifier(key)}`).join(" and ");
      await session.run(`analyze ${stage} (${nameList(keys)})`);
      if (target.fullRefresh) await closeMissing(sameKey);
      const unchanged = await session.run(
        `delete from ${stage} s using ${name} t where ${sameKey} and t.${validTo} is null and ${sameValues(intake.plans, keys)}`,
      );
      const written = await insertVersions(sameKey);
      return { written, deduplicated: older + unchanged };
    },
  };

  async function closeMissing(sameKey: string): Promise<void> {
    await session.run(
      `update ${name} t set ${validTo} = ${later} where t.${validTo} is null
       and not exists (select from ${stage} s where ${sameKey})`,
    );
  }

  async function insertVersions(sameKey: string): Promise<number> {
    const columns = nameList(columnNames(intake));
    await session.run(
      `alter table ${stage} add column ${validFrom} timestamp with time zone;
       update ${stage} s set ${validFrom} = ${later} from ${name} t where ${sameKey} and t.${validTo} is null;
       update ${name} t set ${validTo} = s.${validFrom} from ${stage} s where ${sameKey} and t.${validTo} is null`,
    );
    if (kept.length === 0) {
      return session.run(
        `insert into ${name} (${columns}, ${validFrom}) select ${columns}, coalesce(${validFrom}, now()) from ${stage}`,
      );
    }
    const own = columnNames(intake).map((column) => `s.${quoteIdentifier(column)}`);
    const carried = kept.map((column) => quoteIdentifier(column.name));
    return session.run(
      `insert into ${name} (${columns}, ${carried.join(", ")}, ${validFrom})
       select ${[...own, ...carried.map((column) => `t.${column}`)].join(", ")}, coalesce(s.${validFrom}, now())
       from ${stage} s left join ${name} t on ${sameKey} and t.${validTo} = s.${validFrom}`,
    );
  }
}

/** When a current version ends: now, but after its beginning even where the clock was set back. */
const later = `greatest(now(), t.${validFrom} + interval '1 microsecond')`;

function sameValues(plans: readonly ColumnPlan[], keys: readonly string[]): string {
  const compared = plans
    .filter(({ column }) => !keys.includes(column.name))
    .map(({ column, type }) => {
      const value = quoteIdentifier(column.name);
      const text = hasEquality(type) ? "" : "::text";
      return `t.${value}${text} is not distinct from s.${value}${text}`;
    });
  return compared.length === 0 ? "true" : compared.join(" and ");
}

/**
 * Types whose `=` means the same value. Of every other one the text is compared: it has no `=` (json, point), or one that
 * takes different values for equal ('1 mon' and '30 days', 1.0 and 1.00, 0 and -0).
 */
function hasEquality(type: string): boolean {
  const item = type.replace(/\[\]$/, "");
  return item !== "numeric" && exactTypes.has(item.replace(/\(.*?\)/, ""));
}

const exactTypes: ReadonlySet<string> = new Set([
  ...["boolean", "smallint", "integer", "bigint", "oid", "numeric", "text", "character varying", "bytea", "uuid"],
  ...["date", "time without time zone", "timestamp without time zone", "timestamp with time zone"],
]);

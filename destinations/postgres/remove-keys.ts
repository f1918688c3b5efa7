import type { Batch } from "../../sdk/batch/batch.js";
import type { Removal, Staged } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { KeyRows } from "../../sdk/sql/key-rows.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { newColumnPlan } from "./column-plan.js";
import type { Intake } from "./intake.js";
import { type LoadCopy, loadCopy } from "./load-copy.js";
import type { StrategyContext } from "./strategy.js";
import { deletedAtColumn, validFromColumn, validToColumn } from "./tables.js";

/** The keys of one load whose rows are gone from the source. */
export interface KeyRemoval {
  add(keys: Batch): Promise<void>;
  /** Removes, marks or closes what the table has of them. */
  apply(): Promise<Staged>;
  cancel(): Promise<void>;
}

const goneKeys = 'pg_temp."_sluice_gone"';
const deletedAt = quoteIdentifier(deletedAtColumn);
const [validFrom, validTo] = [quoteIdentifier(validFromColumn), quoteIdentifier(validToColumn)];

export interface RemovalOptions {
  readonly loadId: number;
  readonly how: Removal;
  /** Called with the keys whose rows are removed for good. */
  removed(gone: KeyRows): Promise<void>;
}

/** @throws SystemError `remove.write_mode` for a write mode that has no keys */
export function removeKeys(context: StrategyContext, { loadId, how, removed }: RemovalOptions): KeyRemoval {
  const { session, target } = context;
  const { writeMode, stream } = target;
  if (writeMode !== "merge" && writeMode !== "scd2") {
    throw new SystemError("remove.write_mode", `${stream}: ${writeMode} removes no keys`, { stream });
  }
  const table = quoteTable(context.table);
  const sameKey = target.primaryKey.map((key) => `t.${quoteIdentifier(key)} = s.${quoteIdentifier(key)}`).join(" and ");
  let copy: { readonly into: LoadCopy; readonly intake: Intake } | undefined;

  async function open({ columns }: Batch) {
    const plans = columns.map(newColumnPlan);
    const definitions = plans.map(({ column, copyType }) => `${quoteIdentifier(column.name)} ${copyType}`);
    await session.run(`create temporary table "_sluice_gone" (${definitions.join(", ")}) on commit drop`);
    const intake: Intake = { table: goneKeys, plans, loadId: "none", freeze: false };
    return { into: loadCopy(session, { stream, loadId }), intake };
  }

  async function apply(): Promise<number> {
    if (writeMode === "scd2") {
      const later = `greatest(now(), t.${validFrom} + interval '1 microsecond')`;
      return session.run(
        `update ${table} t set ${validTo} = ${later} from ${goneKeys} s where ${sameKey} and t.${validTo} is null`,
      );
    }
    if (how === "hard") {
      await removed({ relation: goneKeys, keys: target.primaryKey });
      return session.run(`delete from ${table} t using ${goneKeys} s where ${sameKey}`);
    }
    await session.run(`alter table ${table} add column if not exists ${deletedAt} timestamp with time zone`);
    return session.run(
      `update ${table} t set ${deletedAt} = now() from ${goneKeys} s where ${sameKey} and t.${deletedAt} is null`,
    );
  }

  return {
    async add(keys) {
      copy ??= await open(keys);
      await copy.into.write(copy.intake, keys);
      await copy.into.pause();
    },
    async apply() {
      const rows = (await copy?.into.end()) ?? 0;
      const written = rows === 0 ? 0 : await apply();
      return { written, deduplicated: rows - written };
    },
    async cancel() {
      await copy?.into.cancel();
    },
  };
}

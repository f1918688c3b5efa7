import type { Batch } from "../../sdk/batch/batch.js";
import type { Removal, Staged } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { sameKey } from "./keyed-stage.js";
import { deletedAtColumn, validFromColumn, validToColumn } from "./own-tables.js";
import type { StrategyContext } from "./strategy.js";

/** The keys of one load whose rows are gone from the source. */
export interface KeyRemoval {
  add(keys: Batch): Promise<void>;
  /** Removes, marks or closes what the table has of them. */
  apply(): Promise<Staged>;
}

const goneKeys = "temp.main._sluice_gone";

/** @throws SystemError `remove.write_mode` for a write mode that has no keys */
export function removeKeys(context: StrategyContext, loadId: number, how: Removal): KeyRemoval {
  const { connection, target } = context;
  const { writeMode, stream } = target;
  if (writeMode !== "merge" && writeMode !== "scd2") {
    throw new SystemError("remove.write_mode", `${stream}: ${writeMode} removes no keys`, { stream });
  }
  const table = quoteTable(context.table);
  const key = sameKey(target.primaryKey, "old", "new");
  const moment = `make_timestamptz(${loadId})`;
  let load: Load | undefined;

  async function open({ columns }: Batch): Promise<Load> {
    const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${duckType(type)}`);
    await connection.run(`CREATE OR REPLACE TEMP TABLE _sluice_gone (${definitions.join(", ")})`);
    return connection.load({ sql: `INSERT INTO ${goneKeys} SELECT * FROM batch()`, columns });
  }

  async function removed(): Promise<number> {
    if (writeMode === "scd2") {
      const later = `greatest(${moment}, old.${validFromColumn} + INTERVAL 1 MICROSECOND)`;
      return await connection.run(
        `UPDATE ${table} AS old SET ${validToColumn} = ${later} FROM ${goneKeys} AS new
         WHERE ${key} AND old.${validToColumn} IS NULL`,
      );
    }
    if (how === "hard")
      return await connection.run(`DELETE FROM ${table} AS old USING ${goneKeys} AS new WHERE ${key}`);
    await connection.run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${deletedAtColumn} TIMESTAMP WITH TIME ZONE`);
    return await connection.run(
      `UPDATE ${table} AS old SET ${deletedAtColumn} = ${moment} FROM ${goneKeys} AS new
       WHERE ${key} AND old.${deletedAtColumn} IS NULL`,
    );
  }

  return {
    async add(keys) {
      load ??= await open(keys);
      await load.write(keys);
    },
    async apply() {
      const rows = (await load?.end())?.rows ?? 0;
      const written = rows === 0 ? 0 : await removed();
      await connection.run(`DROP TABLE IF EXISTS ${goneKeys}`);
      return { written, deduplicated: rows - written };
    },
  };
}

import type { Batch } from "../../sdk/batch/batch.js";
import type { Removal, Staged } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import type { KeyRows } from "../../sdk/sql/key-rows.js";
import { sameKey, stageTable } from "./keyed-stage.js";
import { deletedAtColumn, loadIdColumn, validFromColumn, validToColumn } from "./own-tables.js";
import type { StrategyContext } from "./strategy.js";

/** The keys of one load whose rows are gone from the source. */
export interface KeyRemoval {
  add(keys: Batch): Promise<void>;
  /** Removes, marks or closes what the table has of them. */
  apply(): Promise<Staged>;
}

const goneKeys = "temp.main._sluice_gone";

export interface RemovalOptions {
  readonly loadId: number;
  readonly how: Removal;
  /** Called with the keys whose rows are removed for good. */
  removed(gone: KeyRows): Promise<void>;
}

/** @throws SystemError `remove.write_mode` for a write mode that has no keys */
export function removeKeys(context: StrategyContext, { loadId, how, removed }: RemovalOptions): KeyRemoval {
  const { connection, target } = context;
  const { writeMode, stream } = target;
  if (writeMode !== "merge" && writeMode !== "scd2") {
    throw new SystemError("remove.write_mode", `${stream}: ${writeMode} removes no keys`, { stream });
  }
  const table = quoteTable(context.table);
  const others = target.metadataColumns ? ` AND old.${loadIdColumn} IS DISTINCT FROM ${loadId}` : "";
  const key = `${sameKey(target.primaryKey, "old", "new")}${others}`;
  const moment = `make_timestamptz(${loadId})`;
  let rows: number | undefined;

  async function apply(): Promise<number> {
    if (writeMode === "scd2") {
      const later = `greatest(${moment}, old.${validFromColumn} + INTERVAL 1 MICROSECOND)`;
      return await connection.run(
        `UPDATE ${table} AS old SET ${validToColumn} = ${later} FROM ${goneKeys} AS new
         WHERE ${key} AND old.${validToColumn} IS NULL`,
      );
    }
    if (how === "hard") {
      await removed({ relation: goneKeys, keys: target.primaryKey });
      return await connection.run(`DELETE FROM ${table} AS old USING ${goneKeys} AS new WHERE ${key}`);
    }
    await connection.run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${deletedAtColumn} TIMESTAMP WITH TIME ZONE`);
    return await connection.run(
      `UPDATE ${table} AS old SET ${deletedAtColumn} = ${moment} FROM ${goneKeys} AS new
       WHERE ${key} AND old.${deletedAtColumn} IS NULL`,
    );
  }

  return {
    async add(keys) {
      const { columns } = keys;
      if (rows === undefined) await connection.run(stageTable("_sluice_gone", columns));
      const load = connection.load({ sql: `INSERT INTO ${goneKeys} SELECT * FROM batch()`, columns });
      await load.write(keys);
      rows = (rows ?? 0) + (await load.end()).rows;
    },
    async apply() {
      const given = rows ?? 0;
      const written = given === 0 ? 0 : await apply();
      await connection.run(`DROP TABLE IF EXISTS ${goneKeys}`);
      return { written, deduplicated: given - written };
    },
  };
}

import type { Batch } from "../../sdk/batch/batch.js";
import { SystemError } from "../../sdk/errors.js";
import type { EncodedRows, Scan } from "../../sdk/messages.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { type KnownColumn, targetColumn } from "../schema/known-column.js";
import { type Widening, widening } from "../schema/widen-vector.js";

/** Brings what a source gives to the names and types that the target has. Made once per schema. */
export interface Conform {
  batch(batch: Batch): Batch;
  scan(scan: Scan): Scan;
  /** @throws SystemError `encoded.uninvited` where values must change */
  encoded(rows: EncodedRows): EncodedRows;
  /** Whether a column's values must be brought to another type. */
  readonly changesValues: boolean;
}

/** @param seen the source's columns as they come @param known the same columns as the target has them, in the same order */
export function conformTo(seen: readonly Column[], known: readonly KnownColumn[]): Conform {
  const columns = known.map(targetColumn);
  const widenings = seen.map((column, i) => wideningTo(column, known[i]!));
  const changesValues = widenings.some((widen) => widen !== undefined);
  const unchanged = !changesValues && seen.every((column, i) => column.name === columns[i]!.name);
  return {
    changesValues,
    encoded(rows) {
      if (changesValues || rows.columns.length !== columns.length) {
        throw new SystemError("encoded.uninvited", "encoded rows came where values must be brought to other types");
      }
      return { ...rows, columns };
    },
    batch(batch) {
      if (batch.vectors.length !== columns.length) {
        throw new SystemError(
          "batch.columns",
          `a batch has ${batch.vectors.length} columns, the stream ${columns.length}`,
        );
      }
      const vectors = batch.vectors.map((vector, i) => widenings[i]?.(vector, batch.rows) ?? vector);
      return { ...batch, columns, vectors };
    },
    scan(scan) {
      if (unchanged) return { ...scan, columns };
      const list = seen.map((column, i) => {
        const { name, type } = columns[i]!;
        const value = quoteIdentifier(column.name);
        const cast = widenings[i] === undefined ? value : `CAST(${value} AS ${duckType(type)})`;
        return `${cast} AS ${quoteIdentifier(name)}`;
      });
      return { ...scan, columns, sql: `SELECT ${list.join(", ")} FROM (${scan.sql})` };
    },
  };
}

function wideningTo(seen: Column, known: KnownColumn): Widening | undefined {
  return sameType(seen.type, known.type) ? undefined : widening(seen.type, known.type);
}

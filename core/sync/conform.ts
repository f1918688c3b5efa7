import type { Batch } from "../../sdk/batch/batch.js";
import { nullVector } from "../../sdk/batch/null-vector.js";
import { SystemError } from "../../sdk/errors.js";
import type { EncodedRows, Scan } from "../../sdk/messages.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { type KnownColumn, targetColumn } from "../schema/known-column.js";
import { type Widening, widening } from "../schema/widen-vector.js";
import type { Shape } from "./shape.js";

/** Brings what a source gives to the names and types that the target has. Made once per schema. */
export interface Conform {
  batch(batch: Batch): Batch;
  scan(scan: Scan): Scan;
  /** @throws SystemError `encoded.uninvited` where values must change */
  encoded(rows: EncodedRows): EncodedRows;
  /** Whether a column's values must be brought to another type or place, or are not there. */
  readonly changesValues: boolean;
}

/** Where a column of the table comes from: nowhere, for one that is gone from the source. */
interface Origin {
  readonly known: KnownColumn;
  readonly seen: { readonly index: number; readonly column: Column } | undefined;
  readonly widen: Widening | undefined;
}

/** Columns are renamed, widened, reordered, left out and filled with null; misfits are the refinery's. */
export function conformTo({ seen, columns: known, fits }: Pick<Shape, "seen" | "columns" | "fits">): Conform {
  const columns = known.map(targetColumn);
  const origins = known.map((column): Origin => {
    const index = fits.findIndex((fit) => fit.column?.target === column.target);
    const from = seen[index];
    if (from === undefined) return { known: column, seen: undefined, widen: undefined };
    const isCast = fits[index]?.value.type === "cast";
    return { known: column, seen: { index, column: from }, widen: isCast ? undefined : wideningTo(from, column) };
  });
  const changesValues =
    seen.length !== known.length ||
    origins.some(({ seen: from, widen }, i) => widen !== undefined || from?.index !== i);
  const unchanged = !changesValues && seen.every(({ name }, i) => name === known[i]!.target);
  return {
    changesValues,
    encoded(rows) {
      if (changesValues || rows.columns.length !== columns.length) {
        throw new SystemError("encoded.uninvited", "encoded rows came where values must be brought to other types");
      }
      return { ...rows, columns };
    },
    batch(batch) {
      if (batch.vectors.length !== seen.length) {
        const message = `a batch has ${batch.vectors.length} columns, the stream ${seen.length}`;
        throw new SystemError("batch.columns", message);
      }
      const vectors = origins.map(({ known: to, seen: from, widen }) => {
        if (from === undefined) return nullVector(to.type, batch.rows);
        const vector = batch.vectors[from.index]!;
        return widen === undefined ? vector : widen(vector, batch.rows);
      });
      return { ...batch, columns, vectors };
    },
    scan(scan) {
      if (unchanged) return { ...scan, columns };
      const list = origins.map(({ known: { type, target }, seen: from, widen }) => {
        const value = from === undefined ? "NULL" : quoteIdentifier(from.column.name);
        const cast = from !== undefined && widen === undefined ? value : `CAST(${value} AS ${duckType(type)})`;
        return `${cast} AS ${quoteIdentifier(target)}`;
      });
      return { ...scan, columns, sql: `SELECT ${list.join(", ")} FROM (${scan.sql})` };
    },
  };
}

function wideningTo(seen: Column, known: KnownColumn): Widening | undefined {
  return sameType(seen.type, known.type) ? undefined : widening(seen.type, known.type);
}

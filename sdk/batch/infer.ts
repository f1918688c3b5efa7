import type { JsonRecords } from "../json/json-records.js";
import type { Column } from "../schema/stream.js";
import type { Row } from "./pack.js";
import { seeMember } from "./seen-records.js";
import { note, nothingSeen, saysNothingNew, seenAs, typeOfSeen } from "./seen-values.js";

/**
 * Finds columns and types by looking at every value. A type it has told only ever widens along the lattice: int64 to
 * decimal or string, everything else to string.
 */
export interface TypeInference {
  /** Looks at a row; returns whether `columns` may have changed. */
  see(row: Row): boolean;
  /** Looks at records that stand in JSON text, as `see` does at each of them parsed. */
  seeRecords(records: JsonRecords): boolean;
  /**
   * The columns in the order first seen, all nullable. A key that has only been null is no column yet. Whole numbers
   * are int64, wider ones decimal; other numbers float64 unless that loses digits, then decimal; objects and arrays
   * json; Dates timestamp. Text stays text: nothing is guessed from its form.
   */
  columns(): readonly Column[];
}

/**
 * @param known columns told before, by another inference: their types only widen too
 * @param declared names of columns that need no looking at
 */
export function createInference(known: readonly Column[] = [], declared?: ReadonlySet<string>): TypeInference {
  const seen = new Map(known.map(({ name, type }) => [name, seenAs(type)]));
  return {
    see(row) {
      let changed = false;
      for (const key of Object.keys(row)) {
        const value = row[key];
        if (value === null || value === undefined || declared?.has(key) === true) continue;
        let summary = seen.get(key);
        if (summary === undefined) {
          summary = nothingSeen();
          seen.set(key, summary);
        } else if (saysNothingNew(summary, value)) continue;
        changed = note(summary, value) || changed;
      }
      return changed;
    },
    seeRecords(records) {
      let changed = false;
      for (const [slot, key] of records.keys.entries()) {
        if (declared?.has(key) === true) continue;
        const known = seen.get(key);
        const summary = known ?? nothingSeen();
        changed = seeMember(summary, records, slot) || changed;
        if (known === undefined && summary.kinds.size > 0) seen.set(key, summary);
      }
      return changed;
    },
    columns: () =>
      [...seen].map(([name, summary]) => {
        summary.told = typeOfSeen(summary);
        return { name, type: summary.told, nullable: true };
      }),
  };
}

/** The columns of rows that are all at hand. */
export function inferColumns(rows: Iterable<Row>): readonly Column[] {
  const inference = createInference();
  for (const row of rows) inference.see(row);
  return inference.columns();
}

import type { GuardMemory } from "../../guard/guard-memory.js";
import { compiledRows } from "./compiled-rows.js";
import { type PassedRows, passRows } from "./pass-rows.js";
import type { RowForm } from "./row-form.js";

/** Checks the rows of a file, one piece after another. */
export interface RowsCheck {
  readonly returns: boolean;
  /** What stands in the memory from `from` to `end`, with `marginBytes` NULs behind. See `passRows`. */
  pass(from: number, end: number): PassedRows;
}

/** The check of rows of a form in a memory: compiled where that is shared with WebAssembly. */
export function rowsCheck(form: RowForm, memory: GuardMemory): RowsCheck {
  const compiled = compiledRows(form, memory);
  return {
    returns: form.returns,
    pass(from, end) {
      const [at, rows] = compiled?.(from, end) ?? [from, 0];
      const rest = passRows(memory.bytes, at, end, Number.POSITIVE_INFINITY, form);
      return { ...rest, rows: rows + rest.rows };
    },
  };
}

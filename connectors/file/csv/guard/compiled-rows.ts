import type { GuardMemory } from "../../guard/guard-memory.js";
import { type CompiledPass, startPass } from "../../guard/pass-module.js";
import { compileRows } from "./compile-rows.js";
import { endOfField } from "./pass-rows.js";
import type { RowForm } from "./row-form.js";

/** A function of WebAssembly has some megabytes at most, a field takes about 300 bytes. */
const mostFields = 1024;

/** `passRows` as machine code for one form; undefined where WebAssembly does not see the memory, or the form is too large. */
export function compiledRows(form: RowForm, memory: GuardMemory): CompiledPass | undefined {
  if (form.fields.length > mostFields) return undefined;
  let stop = 0;
  const endOf = (field: number, at: number) => endOfField(memory.bytes, at, stop, form, field);
  const pass = startPass(() => compileRows(form), memory, endOf);
  return pass === undefined
    ? undefined
    : (from, end) => {
        stop = end;
        return pass(from, end);
      };
}

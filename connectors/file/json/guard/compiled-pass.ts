import type { GuardMemory } from "../../guard/guard-memory.js";
import { type CompiledPass, startPass } from "../../guard/pass-module.js";
import { compileLines } from "./compile-lines.js";
import type { LineForm } from "./line-form.js";
import { endOfMember } from "./pass-lines.js";

/** Of a form that is compiled. A function of WebAssembly has some megabytes at most, a field takes about 250 bytes. */
const most = { fields: 256, textBytes: 16 * 1024 };

/** `passLines` as machine code for one form; undefined where WebAssembly does not see the memory, or the form is too large. */
export function compiledPass(form: LineForm, memory: GuardMemory): CompiledPass | undefined {
  const textBytes = form.lengths.reduce((sum, length) => sum + length, 0);
  if (form.fields.length > most.fields || textBytes > most.textBytes) return undefined;
  const endOf = (field: number, at: number) => endOfMember(memory.bytes, memory.view, at, form, field);
  return startPass(() => compileLines(form), memory, endOf);
}

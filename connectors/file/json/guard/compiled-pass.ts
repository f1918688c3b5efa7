import { type GuardMemory, wasm } from "../../guard/guard-memory.js";
import { compileLines } from "./compile-lines.js";
import type { LineForm } from "./line-form.js";
import { endOfMember } from "./pass-lines.js";

/** Passes the lines from `from` to `end`; returns where the first one begins that does not pass, and how many did. */
export type CompiledPass = (from: number, end: number) => readonly [at: number, lines: number];

/** Of a form that is compiled. A function of WebAssembly has some megabytes at most, a field takes about 250 bytes. */
const most = { fields: 256, textBytes: 16 * 1024 };

/** `passLines` as machine code for one form; undefined where WebAssembly does not see the memory, or the form is too large. */
export function compiledPass(form: LineForm, memory: GuardMemory): CompiledPass | undefined {
  const textBytes = form.lengths.reduce((sum, length) => sum + length, 0);
  if (wasm === undefined || memory.shared === undefined) return undefined;
  if (form.fields.length > most.fields || textBytes > most.textBytes) return undefined;
  const call = (field: number, at: number) => endOfMember(memory.bytes, memory.view, at, form, field);
  const module = new wasm.Module(compileLines(form));
  return new wasm.Instance(module, { env: { memory: memory.shared, call } }).exports.run as CompiledPass;
}

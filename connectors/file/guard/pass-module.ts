import { type GuardMemory, wasm } from "./guard-memory.js";
import { block, type Code, get, i32, type Local, leave, leaveIf, loop, set, wasmModule } from "./wasm-code.js";

/** Passes the lines from `from` to `end`; returns where the first one begins that does not pass, and how many did. */
export type CompiledPass = (from: number, end: number) => readonly [at: number, lines: number];

const number = (index: number): Local => ({ index, kind: "i32" });

/** What the code of a line works with. */
export const variables = {
  line: number(0),
  end: number(1),
  lines: number(2),
  /** Where the next text or value begins. */
  at: number(3),
  /** Where one is looked into. */
  inside: number(4),
  /** A bit for each of sixteen bytes that ends what is looked for. */
  stops: number(5),
  digits: number(6),
  /** Where a value ends. */
  behind: number(7),
  sixteen: { index: 8, kind: "v128" },
} as const satisfies Readonly<Record<string, Local>>;

/**
 * A WebAssembly module with a loop over lines. The code of a line begins with `at` where the line does, and ends with it where
 * the next one begins; it leaves the loop's outer block, `leave(1)`, for a line that does not pass.
 */
export function passModule(line: Code): Uint8Array {
  const { line: start, end, lines, at } = variables;
  const eachLine = loop(
    leaveIf(1, i32.atLeast(get(start), get(end))),
    set(at, get(start)),
    line,
    set(start, get(at)),
    set(lines, i32.add(get(lines), i32.const(1))),
    leave(0),
  );
  const body = [block(eachLine), get(start), get(lines)];
  return wasmModule({ locals: Object.values(variables), parameters: 2, body });
}

/**
 * A module of `passModule` at work in a memory; undefined where WebAssembly does not see that.
 * @param call what the code asks for: where the value of a field ends that begins at a place; below 0 for none
 */
export function startPass(
  module: () => Uint8Array,
  memory: GuardMemory,
  call: (field: number, at: number) => number,
): CompiledPass | undefined {
  if (wasm === undefined || memory.shared === undefined) return undefined;
  const compiled = new wasm.Module(module());
  return new wasm.Instance(compiled, { env: { memory: memory.shared, call } }).exports.run as CompiledPass;
}

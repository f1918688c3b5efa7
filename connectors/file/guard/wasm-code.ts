/*
 * WebAssembly as functions that return its bytes, as much of it as a loop over bytes needs: an instruction is given the code
 * of its operands, and is the code of all of them. https://webassembly.github.io/spec/core/binary/
 */

/** Bytes, and code made of code: nothing is copied until all of it is a module. An operand stands before its instruction. */
export type Code = readonly (number | Code)[];

/** A variable of the function: a number of 32 bits, or sixteen bytes. */
export interface Local {
  readonly index: number;
  readonly kind: "i32" | "v128";
}

const typeCode = { i32: 0x7f, v128: 0x7b } as const;
const noResult = 0x40;

const op =
  (...opcode: number[]) =>
  (...operands: Code[]): Code => [operands, opcode];
const vectorOp = (opcode: number, ...immediate: number[]) => op(0xfd, ...unsigned(opcode), ...immediate);
/** Of a byte or more, which need not be aligned, `offset` bytes behind an address. */
const load =
  (...opcode: number[]) =>
  (address: Code, offset = 0): Code => [address, opcode, 0, ...unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: load(0x28),
  loadByte: load(0x2d),
  isZero: op(0x45),
  equal: op(0x46),
  notEqual: op(0x47),
  less: op(0x48),
  greater: op(0x4a),
  greaterUnsigned: op(0x4b),
  atLeast: op(0x4e),
  trailingZeros: op(0x68),
  add: op(0x6a),
  subtract: op(0x6b),
  multiply: op(0x6c),
  and: op(0x71),
  or: op(0x72),
  shiftRight: op(0x76),
};

/** Sixteen bytes at once. A comparison makes a byte 255 where it holds, and 0 elsewhere. */
export const bytes16 = {
  const: (bytes: ArrayLike<number>): Code => [0xfd, 12, ...Array.from({ length: 16 }, (_, at) => bytes[at] ?? 0)],
  every: (byte: number): Code => bytes16.const(new Uint8Array(16).fill(byte)),
  load: load(0xfd, 0),
  byte: (vector: Code, at: number): Code => vectorOp(22, at)(vector),
  equal: vectorOp(35),
  less: vectorOp(38),
  greater: vectorOp(40),
  and: vectorOp(78),
  or: vectorOp(80),
  xor: vectorOp(81),
  isAny: vectorOp(83),
  /** A bit of each byte, its highest; that of the first byte is the lowest bit. */
  highBits: vectorOp(100),
};

export const get = ({ index }: Local): Code => [0x20, ...unsigned(index)];
export const set = ({ index }: Local, value: Code): Code => [value, 0x21, ...unsigned(index)];
/** Calls the imported function. */
export const call = op(0x10, 0);
/** A block may be left from inside by `leave`; 0 is the innermost that is around. A loop begins again by it. */
export const block = (...body: Code[]): Code => [0x02, noResult, body, 0x0b];
export const loop = (...body: Code[]): Code => [0x03, noResult, body, 0x0b];
export const when = (condition: Code, then: Code[], otherwise: Code[] = []): Code => [
  [condition, 0x04, noResult, then],
  otherwise.length === 0 ? [] : [0x05, otherwise],
  0x0b,
];
export const leave = (around: number): Code => [0x0c, ...unsigned(around)];
export const leaveIf = (around: number, condition: Code): Code => [condition, 0x0d, ...unsigned(around)];

export interface WasmFunction {
  /** Numbers of 32 bits, of which the first `parameters` are the function's. */
  readonly locals: readonly Local[];
  readonly parameters: number;
  /** Leaves the function's two results, numbers of 32 bits. */
  readonly body: Code;
}

/**
 * A module with one function, exported as `run`. It is given a memory, `env.memory`, and a function of two numbers that
 * returns one, `env.call`, which is function 0.
 */
export function wasmModule({ locals, parameters, body }: WasmFunction): Uint8Array {
  const numbers = (count: number) => list(Array.from({ length: count }, () => [typeCode.i32]));
  const functionType = (taken: number, returned: number) => [0x60, ...numbers(taken), ...numbers(returned)];
  const own = locals.slice(parameters).map(({ kind }) => [1, typeCode[kind]]);
  const code = bytesOf([list(own), body, 0x0b]);
  return Uint8Array.from(
    bytesOf([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, [functionType(2, 1), functionType(parameters, 2)]),
      ...section(2, [
        [...name("env"), ...name("memory"), 0x02, 0x00, 0x01],
        [...name("env"), ...name("call"), 0x00, 0x00],
      ]),
      ...section(3, [[0x01]]),
      ...section(7, [[...name("run"), 0x00, 0x01]]),
      ...section(10, [[...unsigned(code.length), code]]),
    ]),
  );
}

function section(id: number, items: readonly Code[]): Code {
  const content = bytesOf(list(items));
  return [id, ...unsigned(content.length), content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), items];
}

function bytesOf(code: Code, bytes: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === "number") bytes.push(part);
    else bytesOf(part, bytes);
  }
  return bytes;
}

function name(text: string): Code {
  return [...unsigned(text.length), ...Buffer.from(text, "latin1")];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

import { jsonByte } from "../../../../sdk/json/json-scan.js";
import { passModule, variables } from "../../guard/pass-module.js";
import { valueAtAGlance } from "../../guard/value-code.js";
import { type ValueForm, valueKind } from "../../guard/value-form.js";
import { block, bytes16, type Code, call, get, i32, leave, leaveIf, loop, set, when } from "../../guard/wasm-code.js";
import type { LineForm } from "./line-form.js";

const { quote, backslash, comma, closeBrace } = jsonByte;
const [letterU, space] = [0x75, 0x20];
const nullWord = i32.const(Buffer.from("null").readInt32LE());
const { end, at, inside, stops, behind, sixteen } = variables;

/**
 * A WebAssembly module that passes lines of a form exactly as `passLines` does. What it does not see at a glance of a value it
 * asks `call(field, at)`: where the value ends, or -1.
 */
export function compileLines(form: LineForm): Uint8Array {
  const members = form.fields.map((field, index) => [passText(form.texts[index]!), passValue(field, index)]);
  return passModule([members, passText(form.texts.at(-1)!)]);
}

/** In the loop: leaves it where another text stands, or the bytes end. */
function passText(text: Buffer): Code {
  let differs: Code = [];
  for (let start = 0; start < text.length; start += 16) {
    const part = text.subarray(start, start + 16);
    const mask = bytes16.const(new Uint8Array(part.length).fill(255));
    const differing = bytes16.and(bytes16.xor(bytes16.load(get(at), start), bytes16.const(part)), mask);
    differs = start === 0 ? differing : bytes16.or(differs, differing);
  }
  const next = i32.add(get(at), i32.const(text.length));
  return [leaveIf(1, i32.greater(next, get(end))), leaveIf(1, bytes16.isAny(differs)), set(at, next)];
}

/*
 * A value's code stands in two blocks: leaving the inner one has the value looked at closely, leaving the outer one goes on
 * behind it. The numbers count the blocks, loops and conditions around.
 */
function passValue(field: ValueForm, index: number): Code {
  const askClosely = [
    set(behind, call(i32.const(index), get(at))),
    leaveIf(3, i32.less(get(behind), i32.const(0))),
    set(at, get(behind)),
  ];
  const isNull = i32.equal(i32.load(get(at)), nullWord);
  return block(block(atAGlance(field)), when(isNull, [set(at, i32.add(get(at), i32.const(4)))], askClosely));
}

function atAGlance(field: ValueForm): Code {
  if (field.kind === valueKind.text) return text();
  const next = i32.loadByte(get(behind));
  const isLast = i32.or(i32.equal(next, i32.const(comma)), i32.equal(next, i32.const(closeBrace)));
  return [
    valueAtAGlance(field, '"'),
    field.kind === valueKind.float ? leaveIf(0, i32.isZero(isLast)) : [],
    set(at, get(behind)),
    leave(1),
  ];
}

function text(): Code {
  const isStop = bytes16.or(
    bytes16.or(
      bytes16.equal(get(sixteen), bytes16.every(quote)),
      bytes16.equal(get(sixteen), bytes16.every(backslash)),
    ),
    bytes16.less(get(sixteen), bytes16.every(space)),
  );
  const stop = i32.loadByte(get(inside));
  const isShortEscape = i32.and(
    i32.equal(stop, i32.const(backslash)),
    i32.notEqual(i32.loadByte(get(inside), 1), i32.const(letterU)),
  );
  return [
    leaveIf(0, i32.notEqual(i32.loadByte(get(at)), i32.const(quote))),
    set(inside, i32.add(get(at), i32.const(1))),
    loop(
      set(sixteen, bytes16.load(get(inside))),
      set(stops, bytes16.highBits(isStop)),
      when(i32.isZero(get(stops)), [set(inside, i32.add(get(inside), i32.const(16))), leave(1)]),
      set(inside, i32.add(get(inside), i32.trailingZeros(get(stops)))),
      when(i32.equal(stop, i32.const(quote)), [set(at, i32.add(get(inside), i32.const(1))), leave(3)]),
      when(isShortEscape, [set(inside, i32.add(get(inside), i32.const(2))), leave(1)]),
    ),
  ];
}

import { jsonByte } from "../../../../sdk/json/json-scan.js";
import { floatDigits } from "../../guard/plain-number.js";
import { type ValueForm, valueKind } from "../../guard/value-form.js";
import {
  block,
  bytes16,
  type Code,
  call,
  get,
  i32,
  type Local,
  leave,
  leaveIf,
  loop,
  set,
  wasmModule,
  when,
} from "../../guard/wasm-code.js";
import type { LineForm } from "./line-form.js";

const { quote, backslash, comma, closeBrace } = jsonByte;
const [letterU, minus, point, zero, space] = [0x75, 0x2d, 0x2e, 0x30, 0x20];
const wordOf = (text: string) => i32.const(Buffer.from(text).readInt32LE());

const number = (index: number): Local => ({ index, kind: "i32" });
const line = number(0);
const end = number(1);
const lines = number(2);
/** Where the next text or value begins. */
const at = number(3);
/** Where one is looked into. */
const inside = number(4);
/** A bit for each of sixteen bytes that ends what is looked for. */
const stops = number(5);
const digits = number(6);
const behind = number(7);
const sixteen: Local = { index: 8, kind: "v128" };
const locals = [line, end, lines, at, inside, stops, digits, behind, sixteen];

/**
 * A WebAssembly module that passes lines of a form exactly as `passLines` does. `run(from, end)` returns where the first line begins
 * that does not pass, and how many did. What it does not see at a glance of a value it asks `call(field, at)`: where the value
 * ends, or -1.
 */
export function compileLines(form: LineForm): Uint8Array {
  const members = form.fields.map((field, index) => [passText(form.texts[index]!), passValue(field, index)]);
  const eachLine = loop(
    leaveIf(1, i32.atLeast(get(line), get(end))),
    set(at, get(line)),
    members,
    passText(form.texts.at(-1)!),
    set(line, get(at)),
    set(lines, i32.add(get(lines), i32.const(1))),
    leave(0),
  );
  return wasmModule({ locals, parameters: 2, body: [block(eachLine), get(line), get(lines)] });
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
  const isNull = i32.equal(i32.load(get(at)), wordOf("null"));
  return block(block(atAGlance(field)), when(isNull, [set(at, i32.add(get(at), i32.const(4)))], askClosely));
}

function atAGlance(field: ValueForm): Code {
  switch (field.kind) {
    case valueKind.text:
      return text();
    case valueKind.integer:
      return [wholeDigits(), set(at, i32.add(get(inside), get(digits))), leave(1)];
    case valueKind.decimal:
      return [decimal(field), set(at, get(behind)), leave(1)];
    case valueKind.float:
      return float();
    case valueKind.date:
      return date();
    default:
      return leave(0);
  }
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

/** One to fifteen digits behind `inside`, with a sign before it or none, that do not begin with a zero but for 0 itself. */
function wholeDigits(): Code {
  const isNoDigit = bytes16.greater(bytes16.xor(bytes16.load(get(inside)), bytes16.every(zero)), bytes16.every(9));
  const isSigned = i32.notEqual(get(inside), get(at));
  return [
    set(inside, i32.add(get(at), i32.equal(i32.loadByte(get(at)), i32.const(minus)))),
    set(stops, bytes16.highBits(isNoDigit)),
    set(digits, i32.trailingZeros(get(stops))),
    leaveIf(0, i32.greaterUnsigned(i32.subtract(get(digits), i32.const(1)), i32.const(14))),
    leaveIf(0, i32.and(firstIsZero(), i32.or(i32.greater(get(digits), i32.const(1)), isSigned))),
  ];
}

function firstIsZero(): Code {
  return i32.equal(i32.loadByte(get(inside)), i32.const(zero));
}

/** Finds `behind`. */
function decimal({ wholeDigits: whole, pointedDigits: pointed, scale }: Omit<ValueForm, "kind" | "check">): Code {
  const counted = i32.subtract(get(digits), firstIsZero());
  const hasPoint = i32.equal(i32.loadByte(i32.add(get(inside), get(digits))), i32.const(point));
  const secondStop = i32.trailingZeros(i32.and(get(stops), i32.subtract(get(stops), i32.const(1))));
  const fraction = i32.subtract(get(behind), i32.add(get(digits), i32.const(1)));
  const atMost = Math.min(scale, floatDigits);
  const withPoint =
    atMost < 1
      ? [leave(1)]
      : [
          set(behind, secondStop),
          leaveIf(1, i32.greaterUnsigned(i32.subtract(fraction, i32.const(1)), i32.const(atMost - 1))),
          leaveIf(1, i32.greater(counted, i32.const(pointed))),
          set(behind, i32.add(get(inside), get(behind))),
        ];
  const without = [leaveIf(1, i32.greater(counted, i32.const(whole))), set(behind, i32.add(get(inside), get(digits)))];
  return [wholeDigits(), when(hasPoint, withPoint, without)];
}

function float(): Code {
  const next = i32.loadByte(get(behind));
  const isLast = i32.or(i32.equal(next, i32.const(comma)), i32.equal(next, i32.const(closeBrace)));
  return [
    decimal({ wholeDigits: floatDigits, pointedDigits: floatDigits, scale: floatDigits }),
    leaveIf(0, i32.greater(i32.subtract(get(behind), get(at)), i32.const(floatDigits))),
    leaveIf(0, i32.isZero(isLast)),
    set(at, get(behind)),
    leave(1),
  ];
}

/** Days that every year has, of the years 1 to 9999. */
function date(): Code {
  const pattern = Buffer.from('"0000-00-00"');
  const most = Uint8Array.from({ length: 16 }, (_, place) =>
    place >= pattern.length ? 255 : pattern[place] === zero ? 9 : 0,
  );
  const pair = (place: number) =>
    i32.add(i32.multiply(bytes16.byte(get(sixteen), place), i32.const(10)), bytes16.byte(get(sixteen), place + 1));
  const [month, day] = [digits, stops];
  const isFebruary = i32.equal(get(month), i32.const(2));
  const days = i32.subtract(i32.const(30), i32.add(isFebruary, isFebruary));
  return [
    set(sixteen, bytes16.xor(bytes16.load(get(at)), bytes16.const(pattern))),
    leaveIf(0, bytes16.isAny(bytes16.greater(get(sixteen), bytes16.const(most)))),
    set(month, pair(6)),
    set(day, pair(9)),
    leaveIf(0, i32.greaterUnsigned(i32.subtract(get(month), i32.const(1)), i32.const(11))),
    leaveIf(0, i32.isZero(get(day))),
    leaveIf(0, i32.greater(get(day), days)),
    leaveIf(0, i32.equal(i32.load(get(at), 1), wordOf("0000"))),
    set(at, i32.add(get(at), i32.const(pattern.length))),
    leave(1),
  ];
}

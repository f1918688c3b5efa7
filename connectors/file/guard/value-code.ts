/*
 * Values as the guards of CSV and JSON see them at a glance. The code begins with `at` where a value does, and ends with `behind`
 * where the value does; it leaves the innermost block where none stands there, or one that has to be looked at closely.
 */
import { variables } from "./pass-module.js";
import { floatDigits } from "./plain-number.js";
import { type ValueForm, valueKind } from "./value-form.js";
import { bytes16, type Code, get, i32, leave, leaveIf, set, when } from "./wasm-code.js";

const { at, inside, stops, digits, behind, sixteen } = variables;
const [plus, minus, point, zero, colon, letterZ] = [0x2b, 0x2d, 0x2e, 0x30, 0x3a, 0x5a];
/** What makes a `T` of a space. */
const spaceOrT = 0x74;

/** Of all kinds but texts. @param quote what stands around dates and times, or nothing */
export function valueAtAGlance(form: ValueForm, quote = ""): Code {
  switch (form.kind) {
    case valueKind.integer:
      return [wholeDigits(), set(behind, i32.add(get(inside), get(digits)))];
    case valueKind.decimal:
      return decimal(form);
    case valueKind.float:
      return [
        decimal({ wholeDigits: floatDigits, pointedDigits: floatDigits, scale: floatDigits }),
        leaveIf(0, i32.greater(i32.subtract(get(behind), get(at)), i32.const(floatDigits))),
      ];
    case valueKind.date:
      return date(quote);
    case valueKind.datetime:
      return [time(quote), set(behind, get(inside)), endOfQuote(quote)];
    case valueKind.timestamp:
      return [time(quote), zone(), endOfQuote(quote)];
    default:
      return leave(0);
  }
}

/** One to fifteen digits behind `inside`, with a sign before it or none, that do not begin with a zero but for 0 itself. */
function wholeDigits(): Code {
  const isSigned = i32.notEqual(get(inside), get(at));
  return [
    set(inside, i32.add(get(at), i32.equal(i32.loadByte(get(at)), i32.const(minus)))),
    set(stops, noDigits(bytes16.xor(bytes16.load(get(inside)), bytes16.every(zero)))),
    set(digits, i32.trailingZeros(get(stops))),
    leaveIf(0, i32.greaterUnsigned(i32.subtract(get(digits), i32.const(1)), i32.const(14))),
    leaveIf(0, i32.and(firstIsZero(), i32.or(i32.greater(get(digits), i32.const(1)), isSigned))),
  ];
}

/** A bit for each byte that is no digit, of bytes from which the digit zero is taken. */
function noDigits(bytes: Code): Code {
  return bytes16.highBits(bytes16.greater(bytes, bytes16.every(9)));
}

function firstIsZero(): Code {
  return i32.equal(i32.loadByte(get(inside)), i32.const(zero));
}

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

/** A day that every year has, of the years 1 to 9999. */
function date(quote: string): Code {
  const pattern = Buffer.from(`${quote}0000-00-00${quote}`);
  const year = quote.length;
  return [
    readPattern(pattern, 0),
    leaveUnlessDay(year),
    leaveIf(0, i32.equal(i32.load(get(at), year), i32.const(Buffer.from("0000").readInt32LE()))),
    set(behind, i32.add(get(at), i32.const(pattern.length))),
  ];
}

/** Reads the sixteen bytes from `at + start` on, with what the pattern has taken from them: at its zeros stand digits. */
function readPattern(pattern: Uint8Array, start: number): Code {
  const most = Uint8Array.from({ length: 16 }, (_, place) => mostAt(pattern[place]));
  return [
    set(sixteen, bytes16.xor(bytes16.load(get(at), start), bytes16.const(pattern))),
    leaveIf(0, bytes16.isAny(bytes16.greater(get(sixteen), bytes16.const(most)))),
  ];
}

function mostAt(expected: number | undefined): number {
  if (expected === undefined) return 255;
  if (expected === zero) return 9;
  return expected === 0x20 ? spaceOrT : 0;
}

/** The two digits of `sixteen` at a place. */
function pair(place: number): Code {
  return i32.add(i32.multiply(bytes16.byte(get(sixteen), place), i32.const(10)), bytes16.byte(get(sixteen), place + 1));
}

function leaveUnlessDay(year: number): Code {
  const [month, day] = [digits, stops];
  const isFebruary = i32.equal(get(month), i32.const(2));
  const days = i32.subtract(i32.const(30), i32.add(isFebruary, isFebruary));
  return [
    set(month, pair(year + 5)),
    set(day, pair(year + 8)),
    leaveIf(0, i32.greaterUnsigned(i32.subtract(get(month), i32.const(1)), i32.const(11))),
    leaveIf(0, i32.isZero(get(day))),
    leaveIf(0, i32.greater(get(day), days)),
  ];
}

/** A day of the years 1700 to 2199 and a time with seconds; `inside` is behind it, and `digits` that place in `stops`. */
function time(quote: string): Code {
  const start = quote.length;
  const separator = bytes16.byte(get(sixteen), 10);
  const isOpened = i32.equal(i32.loadByte(get(at)), i32.const(quote.charCodeAt(0)));
  const lastOfFraction = i32.trailingZeros(i32.and(get(stops), i32.const(~0b1111)));
  return [
    quote === "" ? [] : leaveIf(0, i32.isZero(isOpened)),
    readPattern(Buffer.from("0000-00-00 00:00"), start),
    leaveIf(0, i32.and(i32.notEqual(separator, i32.const(0)), i32.notEqual(separator, i32.const(spaceOrT)))),
    leaveIf(0, i32.greaterUnsigned(i32.subtract(pair(0), i32.const(17)), i32.const(4))),
    leaveUnlessDay(0),
    leaveIf(0, i32.greater(pair(11), i32.const(23))),
    leaveIf(0, i32.greater(pair(14), i32.const(59))),
    set(sixteen, bytes16.xor(bytes16.load(get(at), start + 16), bytes16.every(zero))),
    set(stops, noDigits(get(sixteen))),
    leaveIf(0, i32.notEqual(i32.and(get(stops), i32.const(0b111)), i32.const(0b001))),
    leaveIf(0, i32.notEqual(bytes16.byte(get(sixteen), 0), i32.const(colon ^ zero))),
    leaveIf(0, i32.greater(pair(1), i32.const(59))),
    set(digits, i32.const(3)),
    when(i32.equal(bytes16.byte(get(sixteen), 3), i32.const(point ^ zero)), [
      set(digits, lastOfFraction),
      leaveIf(1, i32.greaterUnsigned(i32.subtract(get(digits), i32.const(5)), i32.const(5))),
    ]),
    set(inside, i32.add(get(at), i32.add(get(digits), i32.const(start + 16)))),
  ];
}

/** `Z`, `+01` or `-03:30` behind a time. */
function zone(): Code {
  const byte = (offset: number) => i32.loadByte(get(inside), offset);
  const hours = i32.add(i32.multiply(byte(1), i32.const(10)), byte(2));
  const hasNoSign = i32.and(i32.notEqual(byte(0), i32.const(plus)), i32.notEqual(byte(0), i32.const(minus)));
  const isNoDigit = (mask: number) => i32.and(get(stops), i32.const(mask));
  return when(
    i32.equal(byte(0), i32.const(letterZ)),
    [set(behind, i32.add(get(inside), i32.const(1)))],
    [
      leaveIf(1, hasNoSign),
      set(stops, i32.shiftRight(get(stops), get(digits))),
      leaveIf(1, isNoDigit(0b110)),
      leaveIf(1, i32.greater(hours, i32.const(zero * 11 + 15))),
      set(behind, i32.add(get(inside), i32.const(3))),
      when(i32.equal(byte(3), i32.const(colon)), [
        leaveIf(2, isNoDigit(0b110000)),
        leaveIf(2, i32.greater(byte(4), i32.const(zero + 5))),
        set(behind, i32.add(get(inside), i32.const(6))),
      ]),
    ],
  );
}

/** Goes behind the quote at `behind`. */
function endOfQuote(quote: string): Code {
  if (quote === "") return [];
  return [
    leaveIf(0, i32.notEqual(i32.loadByte(get(behind)), i32.const(quote.charCodeAt(0)))),
    set(behind, i32.add(get(behind), i32.const(1))),
  ];
}

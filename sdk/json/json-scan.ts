/**
 * A strict scanner of JSON text in UTF-8 (RFC 8259) that builds no values: it finds where they end. Positions count
 * bytes; `incomplete` says that the text ends before the value does.
 */
export const incomplete = -1;

/** What is wrong with a text, and at which byte. */
export interface JsonProblem {
  readonly jsonProblem: string;
  readonly at: number;
}

export function isJsonProblem(error: unknown): error is JsonProblem {
  return typeof error === "object" && error !== null && "jsonProblem" in error;
}

function problem(at: number, jsonProblem: string): JsonProblem {
  return { jsonProblem, at };
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

export const jsonByte = { quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma, colon } as const;

const maxDepth = 1000;

/** The first position from `at` on that is not white space; `end` where there is none. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end) {
    const byte = bytes[position]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    position++;
  }
  return position;
}

/**
 * Where the value that begins at `at` ends. A number that reaches `end` is complete only if `last`.
 * @throws JsonProblem
 */
export function endOfValue(bytes: Uint8Array, at: number, end: number, last: boolean, depth = 0): number {
  if (at >= end) return incomplete;
  switch (bytes[at]) {
    case quote:
      return endOfString(bytes, at, end);
    case openBrace:
      return endOfObject(bytes, at, end, last, depth);
    case openBracket:
      return endOfArray(bytes, at, end, last, depth);
    case 0x74:
      return endOfWord(bytes, at, end, "true");
    case 0x66:
      return endOfWord(bytes, at, end, "false");
    case 0x6e:
      return endOfWord(bytes, at, end, "null");
    default:
      return endOfNumber(bytes, at, end, last);
  }
}

/** Where the string that begins at `at` ends, behind its closing quote. */
export function endOfString(bytes: Uint8Array, at: number, end: number): number {
  for (let position = at + 1; position < end; position++) {
    const byte = bytes[position]!;
    if (byte === quote) return position + 1;
    if (byte < 0x20) throw problem(position, "a control character inside a string");
    if (byte === backslash) {
      const escaped = bytes[position + 1];
      if (position + 1 >= end) return incomplete;
      if (escaped === 0x75) {
        if (position + 6 > end) return incomplete;
        for (let digit = position + 2; digit < position + 6; digit++) {
          if (!isHexDigit(bytes[digit]!)) throw problem(position, "a \\u escape without four hexadecimal digits");
        }
      } else if (!isEscape(escaped!)) throw problem(position, "an unknown escape inside a string");
      position++;
    }
  }
  return incomplete;
}

function endOfObject(bytes: Uint8Array, at: number, end: number, last: boolean, depth: number): number {
  return eachMember(bytes, at, end, last, undefined, depth);
}

/** Told of each member of an object: where its key (with quotes) and its value stand. */
export type OnMember = (keyStart: number, keyEnd: number, valueStart: number, valueEnd: number) => void;

/** Goes through the object that begins at `at` and returns where it ends. */
export function eachMember(
  bytes: Uint8Array,
  at: number,
  end: number,
  last: boolean,
  onMember: OnMember | undefined,
  depth = 0,
): number {
  if (depth > maxDepth) throw problem(at, `nested deeper than ${maxDepth}`);
  let position = skipSpace(bytes, at + 1, end);
  if (position >= end) return incomplete;
  if (bytes[position] === closeBrace) return position + 1;
  for (;;) {
    if (bytes[position] !== quote) throw problem(position, "no key where a key must stand");
    const keyEnd = endOfString(bytes, position, end);
    if (keyEnd === incomplete) return incomplete;
    const colonAt = skipSpace(bytes, keyEnd, end);
    if (colonAt >= end) return incomplete;
    if (bytes[colonAt] !== colon) throw problem(colonAt, "no colon after a key");
    const valueStart = skipSpace(bytes, colonAt + 1, end);
    const valueEnd = endOfValue(bytes, valueStart, end, last, depth + 1);
    if (valueEnd === incomplete) return incomplete;
    onMember?.(position, keyEnd, valueStart, valueEnd);
    position = skipSpace(bytes, valueEnd, end);
    if (position >= end) return incomplete;
    if (bytes[position] === closeBrace) return position + 1;
    if (bytes[position] !== comma) throw problem(position, "no comma between two members");
    position = skipSpace(bytes, position + 1, end);
    if (position >= end) return incomplete;
  }
}

function endOfArray(bytes: Uint8Array, at: number, end: number, last: boolean, depth: number): number {
  return eachItem(bytes, at, end, last, undefined, depth);
}

/** Told of each item of an array: where it stands. */
export type OnItem = (start: number, end: number) => void;

/** Goes through the array that begins at `at` and returns where it ends. */
export function eachItem(
  bytes: Uint8Array,
  at: number,
  end: number,
  last: boolean,
  onItem: OnItem | undefined,
  depth = 0,
): number {
  if (depth > maxDepth) throw problem(at, `nested deeper than ${maxDepth}`);
  let position = skipSpace(bytes, at + 1, end);
  if (position >= end) return incomplete;
  if (bytes[position] === closeBracket) return position + 1;
  for (;;) {
    const itemEnd = endOfValue(bytes, position, end, last, depth + 1);
    if (itemEnd === incomplete) return incomplete;
    onItem?.(position, itemEnd);
    position = skipSpace(bytes, itemEnd, end);
    if (position >= end) return incomplete;
    if (bytes[position] === closeBracket) return position + 1;
    if (bytes[position] !== comma) throw problem(position, "no comma between two items");
    position = skipSpace(bytes, position + 1, end);
    if (position >= end) return incomplete;
  }
}

function endOfWord(bytes: Uint8Array, at: number, end: number, word: string): number {
  for (let index = 0; index < word.length; index++) {
    if (at + index >= end) return incomplete;
    if (bytes[at + index] !== word.charCodeAt(index)) throw problem(at, `no JSON value, though it begins as '${word}'`);
  }
  return at + word.length;
}

function endOfNumber(bytes: Uint8Array, at: number, end: number, last: boolean): number {
  const digits = (from: number): number => {
    let position = from;
    while (position < end && isDigit(bytes[position]!)) position++;
    if (position === from && position < end) throw problem(at, "no JSON value");
    return position;
  };
  const whole = bytes[at] === 0x2d ? at + 1 : at;
  let position = digits(whole);
  if (bytes[whole] === 0x30 && position > whole + 1) throw problem(at, "a number with a leading zero");
  if (position < end && bytes[position] === 0x2e) position = digits(position + 1);
  if (position < end && (bytes[position]! | 0x20) === 0x65) {
    position++;
    if (bytes[position] === 0x2b || bytes[position] === 0x2d) position++;
    position = digits(position);
  }
  if (position < end) return position;
  if (!last) return incomplete;
  if (!isDigit(bytes[position - 1]!)) throw problem(at, "a number that ends too early");
  return position;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** `"`, `\`, `/`, b, f, n, r, t */
function isEscape(byte: number): boolean {
  return byte === quote || byte === backslash || byte === 0x2f || "bfnrt".includes(String.fromCharCode(byte));
}

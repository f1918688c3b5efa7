const integer = /^[+-]?\d+(?:_\d+)*$/;
const float =
  /^[+-]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)$/i;

/** Python reads no longer int. */
const maxDigits = 4300;

/** `int(text)`: digits with a sign, single underscores between them, white space around; undefined for the rest. */
export function parseInt10(text: string): bigint | undefined {
  const trimmed = digits(text);
  if (trimmed.length > maxDigits || !integer.test(trimmed)) return undefined;
  const value = BigInt(trimmed.replace(/[_+-]/g, ""));
  return trimmed.startsWith("-") ? -value : value;
}

/** `int(text, base)`, with `0x`, `0o` and `0b` where they fit the base; base 0 reads them as a literal. */
export function parseIntBase(text: string, base: number): bigint | undefined {
  if (base === 10) return parseInt10(text);
  const match = /^([+-]?)(0[xob])?_?([\da-z]+(?:_[\da-z]+)*)$/i.exec(digits(text));
  if (match === null || match[0].length > maxDigits) return undefined;
  const prefixes: Readonly<Record<string, number>> = { "0x": 16, "0o": 8, "0b": 2 };
  const prefix = match[2]?.toLowerCase();
  const prefixBase = prefix === undefined ? undefined : prefixes[prefix];
  let body = match[3]!.replaceAll("_", "").toLowerCase();
  let radix = base === 0 ? (prefixBase ?? 10) : base;
  if (prefixBase !== undefined && prefixBase !== radix) body = `${prefix}${body}`;
  if (base === 0 && prefixBase === undefined && /^0\d*[1-9]/.test(body)) return undefined;
  if (radix < 2 || radix > 36) radix = 36;
  let value = 0n;
  for (const character of body) {
    const digit = Number.parseInt(character, 36);
    if (digit >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(digit);
  }
  return match[1] === "-" ? -value : value;
}

/** `float(text)`; undefined for what is no number. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = digits(text);
  if (!float.test(trimmed)) return undefined;
  const plain = trimmed.replaceAll("_", "").toLowerCase();
  if (plain.includes("inf")) return plain.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return plain.includes("nan") ? Number.NaN : Number(plain);
}

/** The text without white space around it, other scripts' digits as ASCII ones. */
function digits(text: string): string {
  const trimmed = text.trim();
  if (!/[^\0-\x7f]/.test(trimmed)) return trimmed;
  return trimmed.replace(/\p{Nd}/gu, (digit) => {
    // Decimal digits stand in runs of ten that begin at a zero.
    let code = digit.codePointAt(0) ?? 0;
    let value = 0;
    while (value < 10 && /\p{Nd}/u.test(String.fromCodePoint(code - 1)) && value < 9) {
      code--;
      value++;
    }
    return String(value);
  });
}

/** A decimal number as written: `digits` × 10^-`scale`, with no zeros that say nothing. */
export interface DecimalParts {
  readonly negative: boolean;
  /** Without leading zeros; "0" for zero. */
  readonly digits: string;
  /** Digits after the point; never negative. */
  readonly scale: number;
}

/** Reads `-12.50`, `1e3`, `.5`; undefined for what is no decimal number. Exponents beyond ±1000 are refused. */
export function parseDecimal(text: string): DecimalParts | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const shift = Number(exponent);
  if (Math.abs(shift) > 1000) return undefined;
  let digits = (whole + fraction).replace(/^0+/, "");
  let scale = fraction.length - shift;
  if (scale < 0) {
    digits += "0".repeat(digits === "" ? 0 : -scale);
    scale = 0;
  }
  while (scale > 0 && digits.endsWith("0")) {
    digits = digits.slice(0, -1);
    scale -= 1;
  }
  if (digits === "") return { negative: false, digits: "0", scale: 0 };
  return { negative: sign === "-", digits, scale };
}

/** Whether two decimal texts are the same number. */
export function sameDecimal(a: string, b: string): boolean {
  const left = parseDecimal(a);
  const right = parseDecimal(b);
  if (left === undefined || right === undefined) return false;
  return left.negative === right.negative && left.digits === right.digits && left.scale === right.scale;
}

/** The digits before the point. */
export function wholeDigits({ digits, scale }: DecimalParts): number {
  return digits === "0" ? 0 : Math.max(0, digits.length - scale);
}

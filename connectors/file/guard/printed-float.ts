/*
 * Floats as programs print them: with the fewest digits that only this float64 has, of those with as many the nearest. That is
 * what JavaScript, Python, PostgreSQL and DuckDB print; here it is told from the digits, without a string.
 *
 * Let a text be W / 10^s, W its digits as a whole number, and x a float64. W = x × 10^s + R, where R is found exactly but for
 * its last bits. A number W' / 10^s rounds to x where x + (R + W' - W) / 10^s does. So the text is x where it does with W, and
 * is what is printed of x where it does with neither neighbour of W that ends in zero (with them go all numbers of fewer
 * digits) and |R| < ½ (no number of as many digits is nearer). What is too near to a bound to say is left to others.
 */

const [minus, point, zero] = [0x2d, 0x2e, 0x30];
/** A double holds every number of so many digits, and so is the only one to be printed with them. */
const sureDigits = 15;
/** Every float64 can be printed with so many digits. */
const mostDigits = 17;
/** The first digits, and all behind them, are two numbers whose sum in doubles loses nothing. */
const highDigits = 9;
/** The first power of ten that no double holds is 10^23. */
const powers = Float64Array.from({ length: 23 }, (_, scale) => Number(`1e${scale}`));
/** Halves of a double's digits have products without rounding (T. J. Dekker, A floating-point technique, 1971). */
const splitter = 2 ** 27 + 1;
const highPowers = powers.map(highHalf);
/** Many times what R and its quotients may be off by. */
const margin = 1e-9;

/**
 * Where a float64 ends that begins at `start`, or -1 where none stands there that has at most fifteen digits or is printed as
 * it is written: exponents, zeros behind more digits than fifteen and minus zero are none here. Behind the bytes there must be
 * one that is no digit.
 */
export function endOfFloat(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let fraction = -1;
  let at = first;
  for (; ; at++) {
    const digit = bytes[at]! ^ zero;
    if (digit > 9) {
      if (bytes[at] !== point || fraction >= 0) break;
      fraction = at + 1;
    } else if (high < 10 ** (highDigits - 1)) high = high * 10 + digit;
    else {
      low = low * 10 + digit;
      if (++lowDigits > mostDigits - highDigits) return -1;
    }
  }
  const scale = fraction < 0 ? 0 : at - fraction;
  const whole = fraction < 0 ? at - first : fraction - 1 - first;
  if (whole === 0 || at === fraction || scale >= powers.length) return -1;
  if (bytes[first] === zero && (whole > 1 || (high === 0 && first > start))) return -1;
  if (lowDigits <= sureDigits - highDigits) return at;
  return Number.isNaN(printed(high * powers[lowDigits]!, low, scale)) ? -1 : at;
}

/** The float64 that is printed as the JSON number of 16 or 17 digits from `start` to `end`; NaN where there is none, or it is not sure. */
export function printedFloat(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let [high, low, lowDigits, fraction] = [0, 0, 0, end];
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! ^ zero;
    if (digit > 9) {
      if (bytes[at] !== point) return Number.NaN;
      fraction = at + 1;
    } else if (high < 10 ** (highDigits - 1)) high = high * 10 + digit;
    else {
      low = low * 10 + digit;
      lowDigits++;
    }
  }
  const digits = lowDigits + highDigits;
  if (digits <= sureDigits || digits > mostDigits || end - fraction >= powers.length) return Number.NaN;
  const float = printed(high * powers[lowDigits]!, low, end - fraction);
  return first > start ? -float : float;
}

/** The float64 that is printed as W = `high` + `low`, of 16 or 17 digits, with so many behind the point; NaN as above. */
function printed(high: number, low: number, scale: number): number {
  const power = powers[scale]!;
  const digits = high + low;
  const lost = low - (digits - high);
  const near = digits / power;
  const float = near + (remainder(digits, near, scale) + lost) / power;
  const rest = remainder(digits, float, scale) + lost;
  const last = low % 10;
  const isPrinted =
    last !== 0 &&
    Math.abs(rest) < 0.5 - margin &&
    float + (rest * (1 + margin)) / power === float &&
    float + ((rest - last) * (1 - margin)) / power !== float &&
    float + ((rest + 10 - last) * (1 - margin)) / power !== float;
  return isPrinted ? float : Number.NaN;
}

/** `digits` - `float` × 10^scale, nearly nothing beside either. */
function remainder(digits: number, float: number, scale: number): number {
  const power = powers[scale]!;
  const product = float * power;
  const [floatHigh, powerHigh] = [highHalf(float), highPowers[scale]!];
  const [floatLow, powerLow] = [float - floatHigh, power - powerHigh];
  const rounded = floatHigh * powerHigh - product + floatHigh * powerLow + floatLow * powerHigh + floatLow * powerLow;
  return digits - product - rounded;
}

function highHalf(double: number): number {
  const spread = double * splitter;
  return spread - (spread - double);
}

import { type QuickAppend, setSafeInt64 } from "../../../sdk/batch/json-quick.js";
import { isNullForm, type QuickRun } from "../../../sdk/batch/json-runs.js";
import type { BytesBuilder, FixedBuilder, VectorBuilder } from "../../../sdk/batch/vector-builder.js";
import { isNumberForm } from "../../../sdk/json/json-records.js";
import { safeDigits } from "../../../sdk/json/take-number.js";
import { printedFloat } from "../guard/printed-float.js";

const [hyphen, point, zero] = [0x2d, 0x2e, 0x30];

/** Whole numbers of few digits that are written without point and exponent. */
export function runInteger(builder: FixedBuilder): QuickRun {
  return ({ bytes, starts, ends, forms }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (isNullForm(form)) {
        builder.appendNull();
        continue;
      }
      const digits = form === hyphen ? starts[record]! + 1 : starts[record]!;
      const stop = ends[record]!;
      if (stop - digits > safeDigits) return record;
      let value = 0;
      for (let at = digits; at < stop; at++) {
        const digit = bytes[at]! ^ zero;
        if (digit > 9) return record;
        value = value * 10 + digit;
      }
      if (form === hyphen && value === 0) return record;
      const at = builder.append();
      setSafeInt64(builder.view, at, form === hyphen ? -value : value);
    }
    return end;
  };
}

/** Floats of few digits, and of many those that are printed so. */
export function runFloat(builder: FixedBuilder): QuickRun {
  return ({ bytes, starts, ends, forms, numbers }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (isNullForm(form)) {
        builder.appendNull();
        continue;
      }
      if (!isNumberForm(form)) return record;
      let value = numbers![record]!;
      if (Number.isNaN(value)) value = printedFloat(bytes, starts[record]!, ends[record]!);
      if (Number.isNaN(value)) return record;
      const at = builder.append();
      builder.view.setFloat64(at, value, true);
    }
    return end;
  };
}

/** Values of every kind, as they are written. */
export function runJson(builder: BytesBuilder): QuickRun {
  return ({ words, starts, ends, forms }, first, end) => {
    for (let record = first; record < end; record++) {
      if (isNullForm(forms[record]!)) builder.appendNull();
      else builder.appendWords(words, starts[record]!, ends[record]!);
    }
    return end;
  };
}

/** Nulls alone. */
export function runNull(builder: VectorBuilder): QuickRun {
  return ({ forms }, first, end) => {
    for (let record = first; record < end; record++) {
      if (!isNullForm(forms[record]!)) return record;
      builder.appendNull();
    }
    return end;
  };
}

/** Decimals in 128 bits of few digits, as many as a double counts exactly. */
export function quickWideDecimal(builder: FixedBuilder, scale: number, wholeDigits: number): QuickAppend {
  return (bytes, start, end) => {
    const first = bytes[start] === hyphen ? start + 1 : start;
    if (end - first > safeDigits) return false;
    let [value, dot] = [0, end];
    for (let at = first; at < end; at++) {
      const digit = bytes[at]! ^ zero;
      if (bytes[at] === point) dot = at;
      else if (digit > 9) return false;
      else value = value * 10 + digit;
    }
    const missing = scale - Math.max(0, end - dot - 1);
    if (missing < 0 || dot - first > wholeDigits || (first > start && value === 0)) return false;
    const unscaled = powersOfTen[missing]! * BigInt(first > start ? -value : value);
    const at = builder.append();
    builder.view.setBigInt64(at, BigInt.asIntN(64, unscaled), true);
    builder.view.setBigInt64(at + 8, unscaled >> 64n, true);
    return true;
  };
}

const powersOfTen = Array.from({ length: 39 }, (_, exponent) => 10n ** BigInt(exponent));

import { escapedString, isNumberForm } from "../json/json-records.js";
import { jsonByte } from "../json/json-scan.js";
import { type QuickAppend, quickEscaped, setSafeInt64, shortestNumber } from "./json-quick.js";
import type { BitsBuilder, BytesBuilder, FixedBuilder } from "./vector-builder.js";

/*
 * Appends of one member of many records to its column, a loop for each type: a call for each value would cost more than
 * the value.
 */

/** One member of records in JSON text, by record; see `JsonRecords`. */
export interface Member {
  readonly bytes: Buffer;
  /** The same bytes. */
  readonly words: DataView;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly forms: Uint8Array;
  readonly numbers: Float64Array | undefined;
  /** Whether a null, or a record without the member, may be appended. */
  readonly nullable: boolean;
}

/**
 * Appends the values of records from `first` to `end` while they are in a usual form, or nulls that may be appended;
 * returns the first that is not, which was not appended.
 */
export type QuickRun = (member: Member, first: number, end: number) => number;

/** Of types that have no loop of their own. */
export function runOf(quick: QuickAppend, builder: { appendNull(): void }): QuickRun {
  return ({ bytes, starts, ends, forms, nullable }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (isNullForm(form)) {
        if (!nullable) return record;
        builder.appendNull();
      } else if (!quick(bytes, starts[record]!, ends[record]!, form === escapedString)) return record;
    }
    return end;
  };
}

export function runBoolean(builder: BitsBuilder): QuickRun {
  return ({ forms, nullable }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (isNullForm(form)) {
        if (!nullable) return record;
        builder.appendNull();
      } else if (form === letterT || form === letterF) builder.append(form === letterT);
      else return record;
    }
    return end;
  };
}

export function runInt64(builder: FixedBuilder): QuickRun {
  return ({ forms, numbers, nullable }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (isNullForm(form)) {
        if (!nullable) return record;
        builder.appendNull();
        continue;
      }
      if (!isNumberForm(form)) return record;
      const value = numbers![record]!;
      if (!Number.isSafeInteger(value)) return record;
      const at = builder.append();
      setSafeInt64(builder.view, at, value);
    }
    return end;
  };
}

export function runFloat64(builder: FixedBuilder): QuickRun {
  return ({ bytes, starts, ends, forms, numbers, nullable }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (isNullForm(form)) {
        if (!nullable) return record;
        builder.appendNull();
        continue;
      }
      if (!isNumberForm(form)) return record;
      let value = numbers![record]!;
      if (Number.isNaN(value)) value = shortestNumber(bytes, starts[record]!, ends[record]!);
      if (Number.isNaN(value)) return record;
      const at = builder.append();
      builder.view.setFloat64(at, value, true);
    }
    return end;
  };
}

export function runString(builder: BytesBuilder): QuickRun {
  return ({ bytes, words, starts, ends, forms, nullable }, first, end) => {
    for (let record = first; record < end; record++) {
      const form = forms[record]!;
      if (form === jsonByte.quote) builder.appendWords(words, starts[record]! + 1, ends[record]! - 1);
      else if (form === escapedString) {
        if (!quickEscaped(builder, bytes, starts[record]! + 1, ends[record]! - 1)) return record;
      } else if (nullable && isNullForm(form)) builder.appendNull();
      else return record;
    }
    return end;
  };
}

/** Whether a record does not have the member, or has null there. */
export function isNullForm(form: number): boolean {
  return form === 0 || form === letterN;
}

const [letterF, letterN, letterT] = [0x66, 0x6e, 0x74] as const;

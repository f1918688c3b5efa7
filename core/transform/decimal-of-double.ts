import type { FixedVector } from "../../sdk/batch/vector.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import { type Condition, type Rows, truth, type Values } from "./condition.js";

/** A cast that is done on the column's memory. */
export interface ColumnCast {
  /** Null where the value is null or could not be cast. */
  readonly values: Values;
  /** True where it could not. */
  readonly failed: Condition;
}

interface Made {
  readonly vector: FixedVector;
  readonly failed: Uint8Array;
}

/**
 * Doubles as decimals of up to 18 digits, exactly as DuckDB casts them: multiplied by the power of ten as a double, and
 * rounded half away from zero. NaN, infinities and numbers of more digits cannot be cast.
 */
export function decimalOfDouble(doubles: Values, type: ColumnType & { readonly kind: "decimal" }): ColumnCast {
  const factor = 10 ** type.scale;
  const limit = 10 ** type.precision;
  const known = new WeakMap<Rows, Made>();

  function make(rows: Rows): Made {
    const { data, validity } = doubles.of(rows) as FixedVector;
    const numbers = new Float64Array(data.buffer, data.byteOffset, rows.rows);
    const words = new Int32Array(rows.rows * 2);
    const failed = new Uint8Array(rows.rows);
    let valid = validity;
    for (let row = 0; row < rows.rows; row++) {
      if (validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const rounded = roundedAway(numbers[row]! * factor);
      if (rounded > -limit && rounded < limit) {
        const head = Math.floor(rounded / 0x1_0000_0000);
        words[row * 2] = rounded - head * 0x1_0000_0000;
        words[row * 2 + 1] = head;
      } else {
        failed[row] = truth.yes;
        // The bits that came are another vector's.
        if (valid === validity) valid = validity?.slice() ?? new Uint8Array((rows.rows + 7) >> 3).fill(255);
        valid![row >> 3]! &= ~(1 << (row & 7));
      }
    }
    return { vector: { layout: "fixed", width: 8, data: new Uint8Array(words.buffer), validity: valid }, failed };
  }

  function made(rows: Rows): Made {
    const found = known.get(rows) ?? make(rows);
    known.set(rows, found);
    return found;
  }

  return { values: { type, of: (rows) => made(rows).vector }, failed: (rows) => made(rows).failed.slice() };
}

function roundedAway(value: number): number {
  const whole = Math.trunc(value);
  const rest = value - whole;
  return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
}

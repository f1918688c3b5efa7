import { textReader, unscaled } from "../../sdk/batch/value-text.js";
import {
  type BytesVector,
  dateInfinity,
  type FixedVector,
  isNull,
  layoutOf,
  timestampInfinity,
  type Vector,
} from "../../sdk/batch/vector.js";
import { SystemError } from "../../sdk/errors.js";
import { type ColumnType, formatType, sameType } from "../../sdk/schema/column-type.js";
import { widens } from "./lattice.js";

/** Turns rows [0, rows) of a vector of one type into a vector of a wider one. */
export type Widening = (vector: Vector, rows: number) => Vector;

/**
 * The widening from one type to another that holds every value of it (see `lattice.ts`).
 * @throws SystemError `type.no_widening` for a pair outside the lattice
 */
export function widening(from: ColumnType, to: ColumnType): Widening {
  if (!widens(from, to)) {
    throw new SystemError("type.no_widening", `${formatType(from)} does not widen to ${formatType(to)}`);
  }
  if (sameType(from, to)) return (vector) => vector;
  if (to.kind === "string" || to.kind === "json") return textOf(from);
  if (to.kind === "list" && from.kind === "list") return items(widening(from.item, to.item));
  return fixed(loadOf(from), storeOf(from, to), to);
}

type Load = (data: DataView, row: number) => bigint | number;
type Store = (data: DataView, row: number, value: bigint | number) => void;

function fixed(load: Load, store: Store, to: ColumnType): Widening {
  const layout = layoutOf(to) as { layout: "fixed"; width: FixedVector["width"] };
  return (vector, rows) => {
    const source = view((vector as FixedVector).data);
    const data = new Uint8Array(rows * layout.width);
    const target = view(data);
    for (let row = 0; row < rows; row++) {
      if (!isNull(vector, row)) store(target, row, load(source, row));
    }
    return { layout: "fixed", width: layout.width, data, validity: vector.validity };
  };
}

/** Reads a value: integers and unscaled decimals as bigint, floats as number, dates as days. */
function loadOf(type: ColumnType): Load {
  switch (type.kind) {
    case "int16":
      return (data, row) => BigInt(data.getInt16(row * 2, true));
    case "int32":
      return (data, row) => BigInt(data.getInt32(row * 4, true));
    case "date":
      return (data, row) => data.getInt32(row * 4, true);
    case "int64":
      return (data, row) => data.getBigInt64(row * 8, true);
    case "float32":
      return (data, row) => data.getFloat32(row * 4, true);
    case "decimal":
      return (data, row) => unscaled(data, row, type.precision);
    default:
      throw new SystemError("type.no_widening", `${formatType(type)} is not a number`);
  }
}

function storeOf(from: ColumnType, to: ColumnType): Store {
  switch (to.kind) {
    case "int32":
      return (data, row, value) => data.setInt32(row * 4, Number(value), true);
    case "int64":
      return (data, row, value) => data.setBigInt64(row * 8, BigInt(value), true);
    case "float64":
      return (data, row, value) => data.setFloat64(row * 8, Number(value), true);
    case "datetime":
      return (data, row, value) => data.setBigInt64(row * 8, microseconds(Number(value)), true);
    case "decimal": {
      const factor = 10n ** BigInt(to.scale - (from.kind === "decimal" ? from.scale : 0));
      if (to.precision <= 18) return (data, row, value) => data.setBigInt64(row * 8, BigInt(value) * factor, true);
      return (data, row, value) => {
        const unscaled = BigInt(value) * factor;
        data.setBigInt64(row * 16, BigInt.asIntN(64, unscaled), true);
        data.setBigInt64(row * 16 + 8, unscaled >> 64n, true);
      };
    }
    default:
      throw new SystemError("type.no_widening", `${formatType(to)} is not a number`);
  }
}

function microseconds(days: number): bigint {
  if (days === dateInfinity) return timestampInfinity;
  if (days === -dateInfinity) return -timestampInfinity;
  return BigInt(days) * 86_400_000_000n;
}

function items(widen: Widening): Widening {
  return (vector, rows) => {
    if (vector.layout !== "list") throw new SystemError("type.layout", "a list column does not hold lists");
    return { ...vector, child: widen(vector.child, vector.offsets[rows]!) };
  };
}

function textOf(from: ColumnType): Widening {
  const encoder = new TextEncoder();
  return (vector, rows): BytesVector => {
    if (vector.layout === "bytes" && from.kind !== "binary") return vector;
    const offsets = new Int32Array(rows + 1);
    const parts: Uint8Array[] = [];
    const read = textReader(vector, from);
    for (let row = 0; row < rows; row++) {
      const text = isNull(vector, row) ? new Uint8Array() : encoder.encode(read(row));
      parts.push(text);
      offsets[row + 1] = offsets[row]! + text.length;
    }
    return { layout: "bytes", offsets, data: Uint8Array.from(Buffer.concat(parts)), validity: vector.validity };
  };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

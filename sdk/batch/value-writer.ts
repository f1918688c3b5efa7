import type { ColumnType } from "../schema/column-type.js";
import { exactDate, exactDatetime, exactTime, exactTimestamp } from "./exact-time.js";
import {
  exactBoolean,
  exactBytes,
  exactDecimal,
  exactFloat32,
  exactFloat64,
  exactInteger,
  exactList,
  exactText,
  exactUuid,
} from "./exact-value.js";
import { quickDecimal, quickJson, quickTime, setSafeInt64 } from "./json-quick.js";
import { type Member, type QuickRun, runBoolean, runFloat64, runInt64, runOf, runString } from "./json-runs.js";
import { jsonPieces } from "./json-text.js";
import { misfit, shown } from "./misfit.js";
import type { FixedVector } from "./vector.js";
import {
  type BytesBuilder,
  bitsBuilder,
  bytesBuilder,
  type FixedBuilder,
  fixedBuilder,
  listBuilder,
  type VectorBuilder,
} from "./vector-builder.js";

/** A column under construction that takes JavaScript values. */
export interface ValueWriter {
  readonly builder: VectorBuilder;
  /**
   * Appends a value; null and undefined are null.
   * @throws Misfit for a value that the type cannot hold exactly
   */
  append(value: unknown): void;
  /**
   * Appends a member of the records from `first` to `end`, as `append` does with each value parsed; in a json column the
   * text stays as it is. Stops in front of the first value that is in no usual form, or is a null that may not be
   * appended; returns its record, `end` where there is none.
   */
  appendMember(member: Member, first: number, end: number): number;
}

/** The writer of a type. */
export function valueWriter(type: ColumnType): ValueWriter {
  switch (type.kind) {
    case "boolean": {
      const builder = bitsBuilder();
      return writer(builder, (value) => builder.append(exactBoolean(value)), runBoolean(builder));
    }
    case "int16":
      return fixed(
        2,
        (value) => Number(exactInteger(value, 15n)),
        (view, at, n) => view.setInt16(at, n, true),
      );
    case "int32":
      return fixed(
        4,
        (value) => Number(exactInteger(value, 31n)),
        (view, at, n) => view.setInt32(at, n, true),
      );
    case "int64":
      return fixed(
        8,
        (value) => (Number.isSafeInteger(value) ? (value as number) : exactInteger(value, 63n)),
        (view, at, n) => (typeof n === "number" ? setSafeInt64(view, at, n) : setInt64(view, at, n)),
        runInt64,
      );
    case "float32":
      return fixed(4, exactFloat32, (view, at, n) => view.setFloat32(at, n, true));
    case "float64":
      return fixed(8, exactFloat64, (view, at, n) => view.setFloat64(at, n, true), runFloat64);
    case "decimal": {
      const { precision, scale } = type;
      const exact = (value: unknown) => exactDecimal(value, precision, scale);
      if (precision > 18) return fixed(16, exact, setInt128);
      return fixed(8, exact, setInt64, (builder) => runOf(quickDecimal(builder, scale, precision - scale), builder));
    }
    case "date":
      return fixed(4, exactDate, (view, at, days) => view.setInt32(at, days, true), runTime("date"));
    case "time":
      return fixed(8, exactTime, setInt64);
    case "datetime":
      return fixed(8, exactDatetime, setInt64, runTime("datetime"));
    case "timestamp":
      return fixed(8, exactTimestamp, setInt64, runTime("timestamp"));
    case "uuid":
      return fixed(16, exactUuid, (view, at, bytes) => new Uint8Array(view.buffer, at, 16).set(bytes));
    case "string":
      return text(exactText, runString);
    case "json":
      return json();
    case "binary": {
      const builder = bytesBuilder();
      return writer(builder, (value) => builder.append(exactBytes(value)));
    }
    case "list": {
      const items = valueWriter(type.item);
      const builder = listBuilder(items.builder);
      return writer(builder, (value) => {
        exactList(value).forEach(items.append);
        builder.append();
      });
    }
  }
}

function writer(
  builder: VectorBuilder,
  append: (value: unknown) => void,
  appendMember: QuickRun = noneUsual,
): ValueWriter {
  return {
    builder,
    append(value) {
      if (value === null || value === undefined) builder.appendNull();
      else append(value);
    },
    appendMember,
  };
}

const noneUsual: QuickRun = (_, first) => first;

function runTime(kind: "date" | "datetime" | "timestamp"): (builder: FixedBuilder) => QuickRun {
  return (builder) => runOf(quickTime(kind)(builder), builder);
}

function fixed<T>(
  width: FixedVector["width"],
  exact: (value: unknown) => T,
  set: (view: DataView, at: number, value: T) => void,
  run?: (builder: FixedBuilder) => QuickRun,
): ValueWriter {
  const builder = fixedBuilder(width);
  const append = (value: unknown) => {
    const checked = exact(value);
    const at = builder.append();
    set(builder.view, at, checked);
  };
  return writer(builder, append, run?.(builder));
}

function setInt64(view: DataView, at: number, value: bigint): void {
  view.setBigInt64(at, value, true);
}

function setInt128(view: DataView, at: number, value: bigint): void {
  view.setBigInt64(at, BigInt.asIntN(64, value), true);
  view.setBigInt64(at + 8, value >> 64n, true);
}

function text(textOf: (value: unknown) => string, run: (builder: BytesBuilder) => QuickRun): ValueWriter {
  const builder = bytesBuilder();
  const append = (value: unknown) => {
    const string = textOf(value);
    // Of a refused text there is no row: whoever goes on puts a null there.
    refuseHalves(string, builder.addPiece(string).written);
    builder.endPieces();
  };
  return writer(builder, append, run(builder));
}

function json(): ValueWriter {
  const builder = bytesBuilder();
  const put = (piece: string) => refuseHalves(piece, builder.addPiece(piece).written);
  const append = (value: unknown) => {
    jsonPieces(value, put);
    builder.endPieces();
  };
  return writer(builder, append, runOf(quickJson(builder), builder));
}

/** @param written bytes of the text: plain ASCII takes one a unit, so only longer results can hold half a surrogate pair */
function refuseHalves(string: string, written: number): void {
  if (written === string.length || !/\p{Surrogate}/u.test(string)) return;
  throw misfit("malformed", `${shown(string)} has half of a surrogate pair, which UTF-8 cannot hold`);
}

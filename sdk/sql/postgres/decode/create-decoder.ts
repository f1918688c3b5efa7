import { type SpareMemory, unzeroedMemory } from "../../../batch/memory.js";
import { SystemError } from "../../../errors.js";
import type { ColumnType } from "../../../schema/column-type.js";
import { typeOid } from "../types.js";
import { booleanDecoder } from "./boolean-decoder.js";
import { bytesDecoder } from "./bytes-decoder.js";
import type { ColumnDecoder } from "./column-decoder.js";
import { decimalLoop } from "./decimal-loops.js";
import { fixedDecoder } from "./fixed-decoder.js";
import { dateLoop, int16Loop, oidLoop, timestampLoop, uuidLoop, word32Loop, word64Loop } from "./fixed-loops.js";
import { listDecoder } from "./list-decoder.js";

/** A column as the COPY sends it. */
export interface WireColumn {
  readonly type: ColumnType;
  /** The oid of the type that is sent: an array's is its element's. */
  readonly oid: number;
}

export interface DecoderOptions {
  /** Whether texts may be invalid UTF-8 (a database in SQL_ASCII). */
  readonly unchecked: boolean;
  /** Where memory for values is looked for first. */
  readonly spareMemory?: SpareMemory | undefined;
}

/** The decoder of a column in COPY's binary format. */
export function createDecoder({ type, oid }: WireColumn, options: DecoderOptions): ColumnDecoder {
  const { unchecked, spareMemory } = options;
  const memory = (bytes: number) => spareMemory?.(bytes) ?? unzeroedMemory(bytes);
  switch (type.kind) {
    case "boolean":
      return booleanDecoder();
    case "int16":
      return fixedDecoder(memory, 2, int16Loop);
    case "int32":
    case "float32":
      return fixedDecoder(memory, 4, word32Loop);
    case "date":
      return fixedDecoder(memory, 4, dateLoop);
    case "int64":
      return fixedDecoder(memory, 8, oid === typeOid.oid ? oidLoop : word64Loop);
    case "float64":
    case "time":
      return fixedDecoder(memory, 8, word64Loop);
    case "timestamp":
    case "datetime":
      return fixedDecoder(memory, 8, timestampLoop);
    case "decimal":
      return fixedDecoder(memory, type.precision <= 18 ? 8 : 16, decimalLoop(type.precision, type.scale));
    case "uuid":
      return fixedDecoder(memory, 16, uuidLoop);
    case "binary":
      return bytesDecoder({ memory, prefix: 0, unchecked: false });
    case "string":
      return bytesDecoder({ memory, prefix: 0, unchecked });
    case "json":
      return bytesDecoder({ memory, prefix: oid === typeOid.jsonb ? 1 : 0, unchecked });
    case "list":
      if (type.item.kind === "list") throw new SystemError("postgres.nested_list", "Postgres has no arrays of arrays");
      return listDecoder(memory, createDecoder({ type: type.item, oid }, options));
  }
}

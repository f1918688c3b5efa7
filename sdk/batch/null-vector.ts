import type { ColumnType } from "../schema/column-type.js";
import { layoutOf, type Vector } from "./vector.js";

/** A vector of nulls only. */
export function nullVector(type: ColumnType, rows: number): Vector {
  const validity = new Uint8Array((rows + 7) >> 3);
  const shape = layoutOf(type);
  switch (shape.layout) {
    case "bits":
      return { layout: "bits", data: new Uint8Array((rows + 7) >> 3), validity };
    case "fixed":
      return { layout: "fixed", width: shape.width, data: new Uint8Array(rows * shape.width), validity };
    case "bytes":
      return { layout: "bytes", offsets: new Int32Array(rows + 1), data: new Uint8Array(), validity };
    case "list": {
      const child = nullVector(type.kind === "list" ? type.item : type, 0);
      return { layout: "list", offsets: new Int32Array(rows + 1), child, validity };
    }
  }
}

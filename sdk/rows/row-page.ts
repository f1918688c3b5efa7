import type { Row } from "../batch/pack.js";
import type { JsonRecords } from "../json/json-records.js";
import { recordPage, untouchedRecords } from "../json/record-page.js";
import type { Boundary } from "./boundary.js";
import { roughBytes } from "./row-bytes.js";

/** Rows that came together: as objects, or as records that stand in JSON text and are nobody's objects yet. */
export type RowPage = readonly Row[] | { readonly records: JsonRecords };

/** What a stream has yielded, a row or a page of them. */
export function rowPage(item: Row | readonly Row[]): RowPage {
  const records = untouchedRecords(item);
  if (records !== undefined) return { records };
  return Array.isArray(item) ? (item as readonly Row[]) : [item as Row];
}

/** The rows as objects. */
export function pageRows(page: RowPage): readonly Row[] {
  return "records" in page ? recordPage(page.records) : page;
}

export function rowCount(page: RowPage): number {
  return "records" in page ? page.records.count : page.length;
}

/** About the bytes that the rows take in memory. */
export function pageBytes(page: RowPage): number {
  return "records" in page ? page.records.bytes.length : roughBytes(page);
}

/** Tells a boundary of the rows; gives those that it does not know, or all where they may come again. */
export function newRows(page: RowPage, boundary: Boundary, rereads: "merged" | "forbidden"): RowPage {
  if ("records" in page) {
    const known = boundary.known(page.records);
    if (known.size === 0 || rereads === "merged") return page;
    return pageRows(page).filter((_, i) => !known.has(i));
  }
  return page.filter((row) => !(boundary.isKnown(row) && rereads === "forbidden"));
}

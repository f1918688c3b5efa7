import { valueAt } from "../value-at.js";
import type { NextPage } from "./page.js";

export interface OffsetPages {
  /** The parameter that carries the offset: `offset`. */
  readonly param?: string;
  /** The offset of the first record, as the server counts: 0. */
  readonly first?: number;
  /** A path to how many records there are; without it the list ends with the first empty page. */
  readonly total?: string;
  /** Where the parameter goes: the query, or the JSON body. */
  readonly in?: "query" | "json";
}

/** Pages by how many records were read before them, as counted: whatever size the server gives a page, none is left out. */
export function offsetPages({
  param = "offset",
  first = 0,
  total: path,
  in: place = "query",
}: OffsetPages = {}): NextPage {
  return ({ body, sizes, total }) => {
    const count = path === undefined ? undefined : Number(valueAt(body, path));
    if (sizes.at(-1) === 0 || (count !== undefined && total >= count)) return undefined;
    const offset = first + total;
    return place === "json" ? { json: { [param]: offset } } : { query: { [param]: offset } };
  };
}

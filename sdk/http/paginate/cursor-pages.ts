import type { Json } from "../../json.js";
import { rawText } from "../../raw-json.js";
import { valueAt } from "../value-at.js";
import type { NextPage, SeenPage } from "./page.js";

export interface CursorPages {
  /** The parameter that carries the cursor. */
  readonly param: string;
  /** Where the next cursor is: a path in the answer (`meta.next`, `data.-1.id`) or a function. */
  readonly cursor: string | readonly string[] | ((seen: SeenPage) => Json | undefined);
  /** A path to what says whether there is more; false, null or 0 there ends the list. */
  readonly more?: string;
  /** Where the parameter goes: the query, or the JSON body. */
  readonly in?: "query" | "json";
}

/** Pages that follow a cursor which each page names for the next; a page without one is the last. */
export function cursorPages({ param, cursor, more, in: place = "query" }: CursorPages): NextPage {
  return (seen) => {
    if (more !== undefined && !valueAt(seen.body, more)) return undefined;
    const found = typeof cursor === "function" ? cursor(seen) : valueAt(seen.body, cursor);
    const value = (rawText(found) ?? found) as Json | undefined;
    if (value === undefined || value === null || value === "" || value === false) return undefined;
    return place === "json" ? { json: { [param]: value } } : { query: { [param]: value } };
  };
}

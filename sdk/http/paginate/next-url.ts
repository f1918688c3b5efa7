import { valueAt } from "../value-at.js";
import type { NextPage } from "./page.js";

/** The next page's URL as the answer's body names it, at a path such as `paging.next.link`; null, false or "" at the end. */
export function nextUrl(path: string | readonly string[]): NextPage {
  return ({ body, url }) => {
    const next = valueAt(body, path);
    if (typeof next !== "string" || next === "") return undefined;
    return { url: new URL(next, url).href };
  };
}

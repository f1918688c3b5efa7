import { DataError } from "../../errors.js";
import { valueAt } from "../value-at.js";
import type { NextPage } from "./page.js";

export interface PageNumbers {
  /** The parameter that carries the number: `page`. */
  readonly param?: string;
  /** The number of the first page, as the server counts: 1. */
  readonly first?: number;
  /** A path to how many pages there are; without it the list ends with the first empty page. */
  readonly pages?: string;
  /** Where the parameter goes: the query, or the JSON body. */
  readonly in?: "query" | "json";
}

/**
 * Pages by number. A short page is not taken for the last, since servers cut sizes as they like; but one that has
 * another page behind it means that the size was changed on the way, and with it what each number stands for.
 * @throws DataError `http.page_size_changed`
 */
export function pageNumbers({ param = "page", first = 1, pages, in: place = "query" }: PageNumbers = {}): NextPage {
  return ({ body, sizes, request }) => {
    const index = sizes.length - 1;
    const [size = 0, last = 0] = [sizes[0], sizes[index]];
    const count = pages === undefined ? undefined : Number(valueAt(body, pages));
    if (count === undefined ? last === 0 : index + 1 >= count) return undefined;
    if (index > 0 && (last > size || sizes[index - 1] !== size)) throw sizeChanged(first + index, request.url);
    const number = first + index + 1;
    return place === "json" ? { json: { [param]: number } } : { query: { [param]: number } };
  };
}

function sizeChanged(number: number, url: string): DataError {
  const list = url.split("?")[0];
  return new DataError(
    "http.page_size_changed",
    `${list}: page ${number} shows that pages have changed their size on the way`,
    {
      hint: "ask for a smaller page, one that the server never cuts",
    },
  );
}

import { DataError } from "../../errors.js";
import type { JsonObject } from "../../json.js";
import { valueAt } from "../value-at.js";
import type { PageOptions } from "./page.js";

/**
 * The records in an answer, as `PageOptions.records` says. A record that is no object stands as `{ value }`.
 * @throws DataError `http.no_records` where it is not clear which list is meant
 */
export function recordsOf(body: unknown, where: PageOptions["records"], url: string): JsonObject[] {
  const found =
    typeof where === "function" ? where(body) : where === undefined ? onlyList(body, url) : valueAt(body, where);
  if (found === undefined || found === null) return [];
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list.every(isRecord)
    ? (list as JsonObject[])
    : list.map((item) => (isRecord(item) ? item : ({ value: item } as JsonObject)));
}

function onlyList(body: unknown, url: string): unknown {
  if (Array.isArray(body) || body === undefined) return body;
  const lists = isRecord(body) ? Object.entries(body).filter(([, value]) => Array.isArray(value)) : [];
  if (lists.length === 1) return lists[0]![1];
  const keys = isRecord(body) ? Object.keys(body).slice(0, 12).join(", ") : typeof body;
  throw new DataError(
    "http.no_records",
    `it is not clear where the records are in the answer of ${url.split("?")[0]}: it has ${keys}`,
    {
      hint: "set `records` to the path of the list, such as data.items",
    },
  );
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { SystemError } from "../errors.js";
import type { JsonObject } from "../json.js";
import { type JsonRecords, jsonList, jsonRecord, memberValues } from "./json-records.js";

/** Not shared between copies of the SDK: what another one has found in the text, this one need not understand. */
const text = Symbol("records as text");

/**
 * A list of records that are parsed when they are first asked for. To its user it is an array like any other. A record
 * that is taken by `at` is parsed alone; every other look at the records parses them all.
 */
export function recordPage(records: JsonRecords): readonly JsonObject[] {
  const { count } = records;
  const page: JsonObject[] = new Array(count);
  const alone = new Set<number>();
  let whole = false;

  function parsed(): JsonObject[] {
    if (whole) return page;
    requireThere();
    whole = true;
    // What was given out already stays the same object.
    for (const [i, record] of jsonList(records).entries()) if (!alone.has(i)) page[i] = record;
    return page;
  }

  function at(index: number): JsonObject | undefined {
    const position = Math.trunc(index) || 0;
    const i = position < 0 ? position + count : position;
    if (whole || alone.has(i) || i < 0 || i >= count) return page[i];
    requireThere();
    alone.add(i);
    page[i] = jsonRecord(records, i);
    return page[i];
  }

  function requireThere(): void {
    if (count > 0 && records.bytes.length === 0) {
      throw new SystemError("rows.released", "records were looked at after they had been passed on", {
        hint: "leave passedOn out of the options of http.pages",
      });
    }
  }

  return new Proxy(page, {
    get(_, key) {
      if (key === text) return whole || alone.size > 0 ? undefined : records;
      if (key === "at" && !whole) return at;
      // Methods ask for the records in their turn.
      return Reflect.get(isPosition(key) ? parsed() : page, key);
    },
    set: (_, key, value) => Reflect.set(parsed(), key, value),
    has: (_, key) => Reflect.has(isPosition(key) ? parsed() : page, key),
    ownKeys: () => Reflect.ownKeys(parsed()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(parsed(), key),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(parsed(), key, descriptor),
    deleteProperty: (_, key) => Reflect.deleteProperty(parsed(), key),
  });
}

function isPosition(key: string | symbol): boolean {
  return typeof key === "string" && /^\d/.test(key);
}

/** The records of a page at which nobody has looked yet, and so nobody can have changed one; undefined for any other list. */
export function untouchedRecords(page: object): JsonRecords | undefined {
  return (page as { readonly [text]?: JsonRecords })[text];
}

/** One member of every record; a page at which nobody has looked stays like that. */
export function memberOfEach(page: readonly JsonObject[], key: string): unknown[] {
  const records = untouchedRecords(page);
  if (records === undefined) return page.map((record) => record[key]);
  return memberValues(records, key);
}

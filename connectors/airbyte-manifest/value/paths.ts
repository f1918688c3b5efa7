import { DataError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { globMatches, isGlob } from "./glob.js";
import { isDict } from "./is-dict.js";

/**
 * Paths into nested values as the dpath library has them: one segment a level, each a key, an index or a shell pattern;
 * `**` stands for any number of levels.
 */
export type Path = readonly PyValue[];

/** Where a value stands. */
interface Place {
  readonly holder: PyDict | PyValue[];
  readonly key: PyValue;
  readonly value: PyValue;
}

/** The segments of a path written as text, `a/b/*`. */
export function splitPath(path: string): string[] {
  return path.replace(/^\/+/, "").split("/");
}

/** The one value at a path; undefined where there is none. @throws DataError `path.ambiguous` where there are several. */
export function valueAt(root: PyValue, path: Path): PyValue | undefined {
  if (path.length === 0) return root;
  let found: PyValue | undefined;
  for (const { value } of placesAt(root, path)) {
    if (found !== undefined) {
      throw new DataError("path.ambiguous", `the path ${path.map(str).join("/")} matches more than one value`);
    }
    found = value;
  }
  return found;
}

/** All values at a path, in the order they stand. */
export function valuesAt(root: PyValue, path: Path): PyValue[] {
  return [...placesAt(root, path)].map(({ value }) => value);
}

/** Puts a value at every place that is there already; returns how many there were. */
export function replaceAt(root: PyValue, path: Path, value: PyValue): number {
  const places = [...placesAt(root, path)];
  for (const { holder, key } of places) put(holder, key, value);
  return places.length;
}

/**
 * Puts a value at one place, making what is missing on the way: a list where the next segment is a number, else a dict.
 * Nothing in the path is a pattern here.
 * @throws DataError `path.blocked` where something else stands in the way
 */
export function putAt(root: PyDict, path: Path, value: PyValue): void {
  let holder: PyDict | PyValue[] = root;
  path.forEach((segment, level) => {
    if (level === path.length - 1) {
      put(holder, segment, value);
      return;
    }
    let next = child(holder, segment);
    if (next === undefined) {
      next = isIndex(path[level + 1] as PyValue) ? [] : pyDict();
      put(holder, segment, next);
    }
    if (!isDict(next) && !Array.isArray(next)) {
      throw new DataError("path.blocked", `cannot set ${path.map(str).join("/")}: a value stands at '${str(segment)}'`);
    }
    holder = next;
  });
}

/** Deletes what is at a path. An item of a list that is not its last becomes null, so that the others keep their place. */
export function deleteAt(root: PyValue, path: Path): void {
  remove([...placesAt(root, path)]);
}

/** Deletes every plain value in the whole tree that `condition` is true of. */
export function deleteLeaves(root: PyValue, condition: (value: PyValue) => boolean): void {
  remove([...placesAt(root, ["**"])].filter(({ value }) => !isNested(value) && condition(value)));
}

function remove(places: readonly Place[]): void {
  for (const { holder, key } of places) {
    if (isDict(holder)) holder.delete(key);
    else if (Number(key) === holder.length - 1) holder.pop();
    else if (Number(key) < holder.length) holder[Number(key)] = null;
  }
}

function* placesAt(root: PyValue, path: Path, level = 0): Generator<Place, void> {
  const segment = path[level];
  if (segment === undefined) return;
  if (segment === "**") {
    // Any number of levels, none included.
    if (level + 1 < path.length) yield* placesAt(root, path, level + 1);
    for (const place of placesIn(root)) {
      if (level + 1 === path.length) yield place;
    }
    for (const { value } of placesIn(root)) yield* placesAt(value, path, level);
    return;
  }
  for (const place of placesMatching(root, segment)) {
    if (level + 1 === path.length) yield place;
    else yield* placesAt(place.value, path, level + 1);
  }
}

function* placesMatching(holder: PyValue, segment: PyValue): Generator<Place, void> {
  if (isDict(holder)) {
    if (typeof segment !== "string" || !isGlob(segment)) {
      const key = holder.has(segment) || typeof segment === "string" ? segment : str(segment);
      const value = holder.get(key);
      if (value !== undefined) yield { holder, key, value };
      return;
    }
    for (const [key, value] of holder) if (globMatches(str(key), segment)) yield { holder, key, value };
  } else if (Array.isArray(holder)) {
    if (/^\s*[+-]?\d+\s*$/.test(str(segment))) {
      const index = Number(str(segment));
      const at = index < 0 ? holder.length + index : index;
      const value = holder[at];
      if (value !== undefined) yield { holder, key: BigInt(at), value };
      return;
    }
    for (const place of placesIn(holder)) if (globMatches(str(place.key), str(segment))) yield place;
  }
}

function* placesIn(holder: PyValue): Generator<Place, void> {
  if (isDict(holder)) {
    for (const [key, value] of holder) yield { holder, key, value };
  } else if (Array.isArray(holder)) {
    for (let i = 0; i < holder.length; i++) yield { holder, key: BigInt(i), value: holder[i] as PyValue };
  }
}

function child(holder: PyDict | PyValue[], segment: PyValue): PyValue | undefined {
  if (isDict(holder)) return holder.get(segment);
  return isIndex(segment) ? holder[Number(str(segment))] : undefined;
}

function put(holder: PyDict | PyValue[], segment: PyValue, value: PyValue): void {
  if (isDict(holder)) {
    holder.set(segment, value);
    return;
  }
  const index = isIndex(segment) ? Number(str(segment)) : Number.NaN;
  if (!(index <= maxListGap + holder.length)) {
    throw new DataError("path.blocked", `'${str(segment)}' is no index into a list of ${holder.length}`);
  }
  while (holder.length < index) holder.push(null);
  holder[index] = value;
}

/** Writing far beyond a list's end would only fill memory. */
const maxListGap = 10_000;

function isIndex(segment: PyValue): boolean {
  return typeof segment === "bigint" || (typeof segment === "string" && /^\d+$/.test(segment));
}

function isNested(value: PyValue): boolean {
  return Array.isArray(value) || isDict(value);
}

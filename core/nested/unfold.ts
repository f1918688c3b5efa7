import { ConfigError } from "../../sdk/errors.js";
import { rawText } from "../../sdk/raw-json.js";
import type { Learned, Place } from "./learned.js";
import type { NestedNode } from "./nested-choice.js";

/** Values by column. */
export type FlatRow = Record<string, unknown>;

/** The rows of a child table that a batch unfolds to. */
export interface ChildElements {
  readonly rows: FlatRow[];
  /** For each: the number of the batch's row that it belongs to. */
  readonly parents: number[];
  /** For each: its place in the list, after the places in the lists around that one. */
  readonly positions: number[][];
}

/** What nested values unfold to, and where it is gathered. */
export interface Unfolding {
  readonly learned: Learned;
  child(name: string): ChildElements;
}

/** One row of the batch. */
export interface UnfoldedRow {
  readonly number: number;
  /** Takes the values of the row's own columns. */
  readonly row: FlatRow;
}

/** Where a walk stands: the row whose columns it fills, and the places in the lists that it came through. */
interface Standpoint extends UnfoldedRow {
  readonly positions: readonly number[];
}

/**
 * Unfolds one value of a column: objects into columns of its row, lists into rows of child tables, as its choices say.
 * @throws ConfigError `nested.list_on_the_way`
 */
export function unfold(value: unknown, node: NestedNode, at: UnfoldedRow, unfolding: Unfolding): void {
  const place = unfolding.learned.table().root(node.path[0]);
  walk(value, { node, place, choice: node.choice ?? "json", keeps: true }, { ...at, positions: [] });

  /** `keeps`: a column that stands already has the value, if it is to stay as it is. */
  function walk(value: unknown, way: Way, at: Standpoint): void {
    if (value === null || value === undefined) return;
    const { node, place, choice } = way;
    if (choice === "child_table") explode(value, node!, at);
    else if (choice === "flatten" && isObject(value)) takeKeys(value, way, "flatten", at);
    else {
      if (!way.keeps || choice === "flatten") put(at.row, place.column, value);
      if (node !== undefined && node.keys.size > 0) takeNamed(value, node, place, at);
    }
  }

  /** Every key becomes a column, or what its own choice makes of it. */
  function takeKeys(
    value: FlatRow,
    { node, place }: Pick<Way, "node" | "place">,
    usual: Way["choice"],
    at: Standpoint,
  ) {
    for (const key of Object.keys(value)) {
      const next = node?.keys.get(key);
      const choice = next?.choice ?? usual;
      walk(value[key], { node: next, place: place.key(key), choice, keeps: false }, at);
    }
  }

  /** Of a value that stays as it is, what is asked for is taken out beside it. */
  function takeNamed(value: unknown, node: NestedNode, place: Place, at: Standpoint): void {
    if (Array.isArray(value)) throw listOnTheWay(node);
    if (!isObject(value)) return;
    for (const [key, next] of node.keys) {
      if (!Object.hasOwn(value, key)) continue;
      walk(value[key], { node: next, place: place.key(key), choice: next.choice ?? "json", keeps: true }, at);
    }
  }

  /** A value that is no list is taken for a list of one. */
  function explode(value: unknown, node: NestedNode, { number, positions }: Standpoint): void {
    const name = node.path.join(".");
    const child = unfolding.child(name);
    const place = unfolding.learned.table(name).root();
    const elements = Array.isArray(value) ? value : [value];
    for (const [index, element] of elements.entries()) {
      const at: Standpoint = { number, row: {}, positions: [...positions, index] };
      child.rows.push(at.row);
      child.parents.push(number);
      child.positions.push(at.positions as number[]);
      if (isObject(element)) takeKeys(element, { node, place }, "json", at);
      else if (element !== null && element !== undefined) put(at.row, place.column, element);
    }
  }
}

interface Way {
  readonly node: NestedNode | undefined;
  readonly place: Place;
  readonly choice: "json" | "flatten" | "child_table";
  readonly keeps: boolean;
}

function isObject(value: unknown): value is FlatRow {
  return typeof value === "object" && value !== null && !Array.isArray(value) && rawText(value) === undefined;
}

/** A column may be named like something that every object has. */
function put(row: FlatRow, column: string, value: unknown): void {
  if (column === "__proto__")
    Object.defineProperty(row, column, { value, enumerable: true, writable: true, configurable: true });
  else row[column] = value;
}

function listOnTheWay({ path, keys }: NestedNode): ConfigError {
  const name = path.join(".");
  const [key = ""] = keys.keys();
  return new ConfigError(
    "nested.list_on_the_way",
    `nested: '${name}' holds a list, and '${name}.${key}' leads through it`,
    {
      column: path[0] ?? name,
      hint: `make '${name}' a child_table too`,
      option: { path: ["nested", `${name}.${key}`] },
    },
  );
}

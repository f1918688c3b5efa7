import type { Column } from "../../sdk/schema/stream.js";
import type { NestedNode } from "./nested-choice.js";

/** Of columns that were ever made of a stream's nested data, those that its choices make now. */
export function madeNow(columns: readonly Column[], trees: ReadonlyMap<string, NestedNode>): Column[] {
  return columns.filter(({ path = [] }) => {
    const node = trees.get(path[0] ?? "");
    return node !== undefined && isMade({ node, choice: node.choice ?? "json", keeps: true }, path.slice(1));
  });
}

/** The same of a child table's columns. */
export function elementsNow(columns: readonly Column[], child: NestedNode): Column[] {
  return columns.filter(({ path = [] }) => {
    const [key, ...rest] = path;
    if (key === undefined) return true;
    const node = child.keys.get(key);
    return isMade({ node, choice: node?.choice ?? "json", keeps: false }, rest);
  });
}

interface Way {
  readonly node: NestedNode | undefined;
  readonly choice: "json" | "flatten" | "child_table";
  /** The value stands in a column further up. */
  readonly keeps: boolean;
}

/** Whether the value at the end of a way has a column of its own: as `unfold` goes it. */
function isMade({ node, choice, keeps }: Way, [key, ...rest]: readonly string[]): boolean {
  if (choice === "child_table") return false;
  if (key === undefined) return choice === "flatten" || !keeps;
  const next = node?.keys.get(key);
  if (choice === "flatten") return isMade({ node: next, choice: next?.choice ?? "flatten", keeps: false }, rest);
  return next !== undefined && isMade({ node: next, choice: next.choice ?? "json", keeps: true }, rest);
}

/** What becomes of the value at a path of nested data. */
export type NestedChoice =
  /** It stays as it is, JSON. */
  | { readonly type: "json" }
  /** The keys of its objects become columns, all the way down; lists in them stay JSON. */
  | { readonly type: "flatten" }
  /** The elements of its lists become rows of a table of their own. */
  | { readonly type: "child_table"; readonly table?: string };

/** Choices by path: a column, or a column and keys, with dots between them. */
export type NestedChoices = Readonly<Record<string, NestedChoice>>;

/** Whether anything is taken apart. */
export function isUnfolded(choices: NestedChoices = {}): boolean {
  return Object.values(choices).some(({ type }) => type !== "json");
}

/** A path with a choice, or one on the way to others. */
export interface NestedNode {
  readonly path: readonly string[];
  readonly choice: NestedChoice["type"] | undefined;
  readonly keys: ReadonlyMap<string, NestedNode>;
}

interface GrowingNode extends NestedNode {
  choice: NestedNode["choice"];
  readonly keys: Map<string, GrowingNode>;
}

/** The choices as trees, by column. */
export function nestedTrees(choices: NestedChoices): ReadonlyMap<string, NestedNode> {
  const columns = new Map<string, GrowingNode>();
  for (const [text, { type }] of Object.entries(choices)) {
    let level = columns;
    let node: GrowingNode | undefined;
    for (const key of text.split(".")) {
      const path: readonly string[] = [...(node?.path ?? []), key];
      node = level.get(key) ?? { path, choice: undefined, keys: new Map() };
      level.set(key, node);
      level = node.keys;
    }
    if (node !== undefined) node.choice = type;
  }
  return columns;
}

/** The node of a path that has a choice. */
export function nodeAt(trees: ReadonlyMap<string, NestedNode>, path: string): NestedNode {
  const [first = "", ...keys] = path.split(".");
  return keys.reduce((node, key) => node.keys.get(key)!, trees.get(first)!);
}

/** How many lists one goes through to an element of a child table, its own among them. */
export function listsOnTheWay(path: string, choices: NestedChoices): number {
  const keys = path.split(".");
  const ways = keys.map((_, i) => keys.slice(0, i + 1).join("."));
  return ways.filter((way) => choices[way]?.type === "child_table").length;
}

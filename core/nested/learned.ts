import { createHash } from "node:crypto";
import { createInference } from "../../sdk/batch/infer.js";
import type { Row } from "../../sdk/batch/pack.js";
import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";

/** A place in nested data, and the column for the values that stand right there. */
export interface Place {
  readonly column: string;
  /** The place of a key's value. */
  key(name: string): Place;
}

/** The columns of one table as nested data brings them up; their names stay, their types only widen. */
export interface LearnedColumns {
  /**
   * Says which names other columns have.
   * @throws ConfigError `naming.nested_collision` for a name that a column from nested data has
   */
  reserve(names: readonly string[]): void;
  /** Where a way begins: a column of the stream, or, in a child table, an element of its list. */
  root(name?: string): Place;
  /** Looks at every value of a row, by column; returns whether `columns` may have changed. */
  see(row: Row): boolean;
  /** Each with its path, in the order first seen. */
  columns(): readonly Column[];
}

/** What is known of columns that steps make of a stream's rows: it outlives a read that has to begin anew. */
export interface Learned {
  /** What nested data brought up, of the stream's own table or of a child by its name. */
  table(child?: string): LearnedColumns;
  /** What a function made. */
  made: readonly Column[];
  /** Whether the first rows were looked at: what comes after a step can be compiled only then. */
  looked: boolean;
  /** Whether all rows were looked at: then no more will come up. */
  readWhole: boolean;
}

/** Columns that tables were loaded with earlier; those without a path are not from nested data. */
export interface KnownNested {
  readonly own: readonly Column[];
  readonly children: Readonly<Record<string, readonly Column[]>>;
}

/** In place of a path: a column that is not from nested data. */
const otherColumn = "";

/** Names that may be those of a child table's key and places. */
const ownName = /^_sluice_/i;

/** The column of elements that are no objects. */
export const elementColumn = "value";

export function newLearned(known: KnownNested = { own: [], children: {} }): Learned {
  const tables = new Map<string | undefined, LearnedColumns>();
  return {
    made: [],
    looked: false,
    readWhole: false,
    table(child) {
      const there = tables.get(child);
      if (there !== undefined) return there;
      const made = learnedColumns((child === undefined ? known.own : known.children[child]) ?? []);
      tables.set(child, made);
      return made;
    },
  };
}

function learnedColumns(known: readonly Column[]): LearnedColumns {
  const loaded = known.filter(({ path }) => path !== undefined);
  const names = new Map(loaded.map(({ name, path }) => [pathKey(path!), name]));
  const taken = new Map(loaded.map(({ name, path }) => [name.toLowerCase(), pathKey(path!)]));
  const paths = new Map(loaded.map(({ name, path }) => [name, path!]));
  for (const { name, path } of known) if (path === undefined) taken.set(name.toLowerCase(), otherColumn);
  const inference = createInference(loaded);
  // Types count as told once they stand in a table.
  inference.columns();
  const roots = new Map<string | undefined, Place>();

  function nameOf(path: readonly string[]): string {
    const key = pathKey(path);
    const before = names.get(key);
    if (before !== undefined) return before;
    const plain = path.length === 0 ? elementColumn : path.join("_");
    const isTaken = taken.has(plain.toLowerCase()) || ownName.test(plain);
    const name = isTaken ? `${plain}_${digest(key)}` : plain;
    names.set(key, name);
    paths.set(name, path);
    taken.set(name.toLowerCase(), key);
    return name;
  }

  function place(path: readonly string[]): Place {
    const keys = new Map<string, Place>();
    let column: string | undefined;
    return {
      // A way that is only passed takes no name.
      get column() {
        column ??= nameOf(path);
        return column;
      },
      key(name) {
        let found = keys.get(name);
        if (found === undefined) {
          found = place([...path, name]);
          keys.set(name, found);
        }
        return found;
      },
    };
  }

  return {
    reserve(others) {
      for (const name of others) {
        const path = taken.get(name.toLowerCase()) ?? otherColumn;
        if (path !== otherColumn) throw collision(name, JSON.parse(path) as string[]);
        taken.set(name.toLowerCase(), otherColumn);
      }
    },
    root(name) {
      const found = roots.get(name) ?? place(name === undefined ? [] : [name]);
      roots.set(name, found);
      return found;
    },
    see: inference.see,
    columns: () => inference.columns().map((column) => ({ ...column, path: paths.get(column.name)! })),
  };
}

function collision(name: string, path: readonly string[]): ConfigError {
  return new ConfigError(
    "naming.nested_collision",
    `'${path.join(".")}' of nested data is column '${name}', and so is another`,
    {
      column: name,
      hint: `give the other one a new name: rename: { ${name}: … }`,
    },
  );
}

function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

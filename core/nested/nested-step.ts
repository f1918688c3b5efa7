import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import { emptyBatch } from "../../sdk/batch/pack.js";
import { takeRows } from "../../sdk/batch/take-rows.js";
import type { Vector } from "../../sdk/batch/vector.js";
import { sameColumns } from "../../sdk/rows/row-columns.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { MadeRows, RowStep } from "../transform/row-step.js";
import type { Reject } from "../transform/verdicts.js";
import type { ChildRows } from "./child-rows.js";
import { itemColumns, itemRows } from "./item-rows.js";
import type { Learned } from "./learned.js";
import { elementsNow, madeNow } from "./made-columns.js";
import { listsOnTheWay, type NestedChoices, type NestedNode, nestedTrees, nodeAt } from "./nested-choice.js";
import { packColumns } from "./pack-columns.js";
import { notJson, parsedValue } from "./parsed-value.js";
import { requireNested } from "./require-nested.js";
import { type ChildElements, type FlatRow, unfold } from "./unfold.js";

export interface NestedStepOptions extends Pick<RowStep, "onError"> {
  readonly choices: NestedChoices;
  /** The columns of the rows given. */
  readonly given: readonly Column[];
  /** Grows with what comes. */
  readonly learned: Learned;
}

/** A column of JSON that is unfolded. */
interface Unfolded {
  readonly at: number;
  readonly column: Column;
  readonly node: NestedNode;
}

/** What the JSON of some rows unfolds to. */
interface Values {
  readonly rows: readonly FlatRow[];
  readonly elements: ReadonlyMap<string, ChildElements>;
}

/**
 * The step that takes nested data apart, as its choices say. The columns that it makes of JSON are inferred from every
 * value; they stand where the column stood that they are from.
 * @throws ConfigError `nested.*` for a choice that its column does not allow
 */
export function nestedStep({ choices, given, learned, onError }: NestedStepOptions): RowStep {
  requireNested(choices, given);
  const trees = nestedTrees(choices);
  const leaves = (name: string) => (choices[name]?.type ?? "json") !== "json";
  const own = learned.table();
  own.reserve(given.map(({ name }) => name).filter((name) => !leaves(name)));
  const ownColumns = () => madeNow(own.columns(), trees);
  const elementColumns = (name: string) => elementsNow(learned.table(name).columns(), nodeAt(trees, name));
  const made = ownColumns();
  const columns = given.flatMap((column) => [
    ...(leaves(column.name) ? [] : [column]),
    ...made.filter(({ path }) => path?.[0] === column.name),
  ]);
  const unfolded = given.flatMap((column, at): Unfolded[] => {
    const node = trees.get(column.name);
    return node === undefined || itemColumns(column.type) !== undefined ? [] : [{ at, column, node }];
  });
  // Lists of a type say all there is to know.
  if (unfolded.length === 0) learned.looked = true;
  const children = new Map(
    Object.keys(choices).flatMap((name): [string, readonly Column[]][] => {
      const isChild = choices[name]!.type === "child_table";
      const isTyped = given.some((column) => column.name === name && itemColumns(column.type) !== undefined);
      return isChild && !isTyped ? [[name, elementColumns(name)]] : [];
    }),
  );
  const typed = given.flatMap(({ name, type }): [string, readonly Column[]][] => {
    const columns = choices[name]?.type === "child_table" ? itemColumns(type) : undefined;
    return columns === undefined ? [] : [[name, columns]];
  });
  const childColumns = new Map([...children, ...typed]);
  return { columns, made: made.map(({ name }) => name), childColumns, onError, apply };

  function apply(batch: Batch, wanted: Int32Array | undefined): MadeRows {
    const numbers = wanted ?? Int32Array.from({ length: batch.rows }, (_, row) => row);
    const failed = new Map<number, Reject>();
    const fail = (number: number, path: string, reason: string) =>
      failed.set(number, { row: numbers[number]!, rule: `nested(${path})`, reason });
    const values = valuesOf(batch, numbers, fail);
    if (hasGrown(values) || !learned.looked) {
      learned.looked = true;
      return grownRows(columns, ownColumns());
    }
    const vectors = packColumns(made, values.rows, (number, column) => {
      fail(number, column.path!.join("."), `'${column.name}' does not fit ${formatType(column.type)}`);
    });
    const childRows = new Map([...packedChildren(values, fail), ...itemsOf(batch, numbers)]);
    if (failed.size > 0) {
      const others = numbers.filter((_, number) => !failed.has(number));
      const rest = apply(batch, others);
      return { ...rest, failed: [...failed.values(), ...rest.failed] };
    }
    // In buffers of its own: those of the batch given are still needed where a row is rejected later.
    const passed = (vector: Vector) => takeRows(vector, numbers);
    const { ops } = batch;
    return {
      batch: {
        rows: numbers.length,
        columns,
        vectors: columns.map(
          (column): Vector => vectors[made.indexOf(column)] ?? passed(batch.vectors[given.indexOf(column)]!),
        ),
        ...(ops === undefined ? {} : { ops: Uint8Array.from(numbers, (row) => ops[row]!) }),
      },
      from: numbers,
      filtered: 0,
      failed: [],
      grown: undefined,
      children: childRows,
    };
  }

  function valuesOf(batch: Batch, numbers: Int32Array, fail: Fail): Values {
    const elements = new Map(
      [...children.keys()].map((name): [string, ChildElements] => [name, { rows: [], parents: [], positions: [] }]),
    );
    const unfolding = { learned, child: (name: string) => elements.get(name)! };
    const rows = Array.from(numbers, (from, number): FlatRow => {
      const row: FlatRow = {};
      // A delete carries its key only.
      if (batch.ops?.[from] === rowOp.delete) return row;
      for (const { at, column, node } of unfolded) {
        const value = parsedValue(batch.vectors[at]!, column.type, from);
        if (value === notJson) fail(number, column.name, `'${column.name}' is no JSON`);
        else unfold(value, node, { number, row }, unfolding);
      }
      return row;
    });
    return { rows, elements };
  }

  /** Looks at every value; whether the columns that the step was made for do not hold them. */
  function hasGrown({ rows, elements }: Values): boolean {
    for (const row of rows) own.see(row);
    for (const [name, element] of elements) for (const row of element.rows) learned.table(name).see(row);
    const isTold = ([name, columns]: [string, readonly Column[]]) => sameColumns(elementColumns(name), columns);
    return !sameColumns(ownColumns(), made) || ![...children].every(isTold);
  }

  function packedChildren({ elements }: Values, fail: Fail): [string, ChildRows][] {
    return [...elements].map(([name, { rows, parents, positions }]) => {
      const columns = children.get(name)!;
      const vectors = packColumns(columns, rows, (at, column) => {
        const path = [name, ...column.path!].join(".");
        fail(parents[at]!, path, `'${path}' does not fit ${formatType(column.type)}`);
      });
      const lists = Array.from({ length: listsOnTheWay(name, choices) }, (_, list) =>
        Int32Array.from(positions, (places) => places[list]!),
      );
      return [name, { parents: Int32Array.from(parents), positions: lists, columns, vectors }];
    });
  }

  function itemsOf(batch: Batch, numbers: Int32Array): [string, ChildRows][] {
    const rows = numbers.map((row) => (batch.ops?.[row] === rowOp.delete ? -1 : row));
    return typed.map(([name, columns]) => {
      const at = given.findIndex((column) => column.name === name);
      return [name, itemRows(batch.vectors[at]!, columns, rows)];
    });
  }
}

type Fail = (number: number, path: string, reason: string) => void;

function grownRows(columns: readonly Column[], grown: readonly Column[]): MadeRows {
  return { batch: emptyBatch(columns), from: Int32Array.of(), filtered: 0, failed: [], grown, children: new Map() };
}

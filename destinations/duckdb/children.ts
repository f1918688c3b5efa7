import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { ChildTarget, ChildWriter } from "../../sdk/child-table.js";
import type { Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import { childTarget, childWriter } from "../../sdk/sql/child-writer.js";
import type { Turns } from "../../sdk/sql/turns.js";
import { appendStrategy } from "./append.js";
import { mergeChildren } from "./merge-children.js";
import { overwriteStrategy } from "./overwrite.js";
import type { Parts } from "./parts.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { type TableLoad, tableLoad } from "./table-load.js";

export interface ChildrenOptions {
  readonly context: StrategyContext;
  /** Of the table that they belong to. */
  readonly parent: Strategy;
  readonly turns: Turns;
  readonly parts: Parts;
  /** See `Density`. */
  readonly partBytes: number;
  readonly signal: AbortSignal;
  /** Their columns as they stand, by name. */
  readonly columns: ReadonlyMap<string, readonly Column[] | undefined>;
  guard<Result>(step: () => Promise<Result>): Promise<Result>;
}

/** One child table of a stream's loads. */
export interface Child {
  readonly name: string;
  readonly table: string;
  readonly strategy: Strategy;
  readonly load: TableLoad;
  readonly writer: ChildWriter;
}

/** The child tables of a target: what its own table is made by, again over each. */
export function childrenOf(options: ChildrenOptions): Child[] {
  return (options.context.target.children ?? []).map((child, at) => childOf(options, child, at));
}

function childOf({ context, parent, ...options }: ChildrenOptions, child: ChildTarget, at: number): Child {
  const { connection, target, table } = context;
  const own = {
    connection,
    target: childTarget(target, child),
    table: { schema: table.schema, name: child.table },
    child: child.name,
    parts: options.parts,
  };
  const strategy = childStrategy(target.writeMode, own, parent, at);
  const load = tableLoad({ connection, strategy, ...options });
  const { guard, parts } = options;
  const write = async (batch: Batch) => {
    await parts.makeRoom(load, { rows: batch.rows, bytes: batchBytes(batch) });
    await (await load.filling()).write(batch);
  };
  return {
    name: child.name,
    table: child.table,
    strategy,
    load,
    writer: childWriter({
      columns: options.columns.get(child.name),
      load: { ...load, write },
      takesParentRows: strategy.takesParentRows ?? false,
      guard,
    }),
  };
}

function childStrategy(mode: Target["writeMode"], context: StrategyContext, parent: Strategy, at: number): Strategy {
  if (mode === "append") return appendStrategy(context);
  return mode === "overwrite" ? overwriteStrategy(context) : mergeChildren(context, parent, `_sluice_stage_${at}`);
}

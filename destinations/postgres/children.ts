import type { ChildTarget, ChildWriter } from "../../sdk/child-table.js";
import type { Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import { childTarget, childWriter } from "../../sdk/sql/child-writer.js";
import type { Turns } from "../../sdk/sql/turns.js";
import { appendStrategy } from "./append.js";
import { mergeChildren } from "./merge-children.js";
import { overwriteStrategy } from "./overwrite.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { type TableLoad, tableLoad } from "./table-load.js";

export interface ChildrenOptions {
  readonly context: StrategyContext;
  /** Of the table that they belong to. */
  readonly parent: Strategy;
  readonly turns: Turns;
  /** Their columns as they stand, by name. */
  readonly columns: ReadonlyMap<string, readonly Column[] | undefined>;
  guard<Result>(step: () => Promise<Result>): Promise<Result>;
}

/** One child table of a stream's loads. */
export interface Child {
  readonly name: string;
  readonly strategy: Strategy;
  readonly load: TableLoad;
  readonly writer: ChildWriter;
}

/** The child tables of a target: what its own table is made by, again over each. */
export function childrenOf(options: ChildrenOptions): Child[] {
  return (options.context.target.children ?? []).map((child, at) => childOf(options, child, at));
}

function childOf({ context, parent, turns, columns, guard }: ChildrenOptions, child: ChildTarget, at: number): Child {
  const { target, table } = context;
  const own: StrategyContext = {
    ...context,
    target: childTarget(target, child),
    table: { schema: table.schema, name: child.table },
    stage: `pg_temp."_sluice_stage_${at}"`,
    child: child.name,
  };
  const strategy = childStrategy(target.writeMode, own, parent);
  const load = tableLoad(own, strategy, turns);
  return {
    name: child.name,
    strategy,
    load,
    writer: childWriter({
      columns: columns.get(child.name),
      load,
      takesParentRows: strategy.takesParentRows ?? false,
      guard,
    }),
  };
}

function childStrategy(mode: Target["writeMode"], context: StrategyContext, parent: Strategy): Strategy {
  if (mode === "append") return appendStrategy(context);
  return mode === "overwrite" ? overwriteStrategy(context) : mergeChildren(context, parent);
}

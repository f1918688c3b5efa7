import { type Aside, type AsideOptions, asideNames, tableAside } from "./aside.js";
import type { Intake, StrategyContext } from "./strategy.js";

/** The table of a strategy, to be put aside. */
export function asideOf(context: StrategyContext, load: Pick<AsideOptions, "loadId" | "isNew">): Aside {
  return tableAside({ ...context, ...asideNames(context.target, context.child), ...load });
}

/** The table itself as what takes a load's rows, by whatever name it goes. */
export function straightInto(
  aside: Aside,
  { target }: Pick<StrategyContext, "target">,
  how: Pick<Intake, "rowNumbers">,
): Intake {
  return {
    get table() {
      return aside.name;
    },
    loadId: target.metadataColumns,
    ...how,
  };
}

/**
 * Brings rows that were staged in parts into the table, which is put aside, over as many transactions. Returns how many;
 * undefined where it cannot be put aside, and nothing was done.
 * @param parts conditions on the staged rows
 * @param insert inserts those of one part; returns how many
 */
export async function gatherParts(
  { parts: transactions }: Pick<StrategyContext, "parts">,
  aside: Aside,
  parts: readonly string[],
  insert: (part: string) => Promise<number>,
): Promise<number | undefined> {
  if (!(await aside.can())) {
    await transactions.together();
    return undefined;
  }
  await aside.put();
  let rows = 0;
  for (const part of parts) {
    rows += await insert(part);
    await transactions.next();
  }
  return rows;
}

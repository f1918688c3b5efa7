import { renumberParents } from "../nested/child-rows.js";
import { childRefinery, type FitsOfChildren } from "./child-refinery.js";
import { openRefinery, type PartlyRefined, type Refinery, type RefineryOptions, withoutGone } from "./refinery.js";
import type { RowStep } from "./row-step.js";
import type { Reject } from "./verdicts.js";

export interface ChainedOptions extends RefineryOptions {
  /** How elements get into child tables; all fit where it is absent. */
  readonly childFits?: FitsOfChildren;
}

/** The refinery of rows that were prepared: of SELECTs, of the steps that stand between them, and of child tables. */
export async function chainedRefinery({ childFits = new Map(), ...options }: ChainedOptions): Promise<Refinery> {
  const { source, rows, engine } = options;
  if (rows.before === undefined) return openRefinery(options);
  const { step } = rows.before;
  const first = await chainedRefinery({ source, rows: rows.before.rows, fits: [], engine });
  const last = await openRefinery({ ...options, source: step.columns });
  const children = await childRefinery(childFits, engine);
  const refineInPlace: Refinery["refineInPlace"] = async (batch) => {
    const given = await first.refineInPlace(batch);
    const refined = given.grown === undefined ? await goOn(given, step, last) : given;
    return children === undefined ? refined : children.refine(refined);
  };
  return {
    passes: false,
    refineInPlace,
    refine: async (batch) => withoutGone(await refineInPlace(batch)),
    async close() {
      await first.close();
      await last.close();
      await children?.close();
    },
  };
}

async function goOn(given: PartlyRefined, step: RowStep, last: Refinery): Promise<PartlyRefined> {
  const made = step.apply(given.batch, given.kept);
  if (made.grown !== undefined) return { ...given, grown: made.grown };
  const from = given.from === undefined ? made.from : made.from.map((row) => given.from![row]!);
  const { textOf } = given;
  const told = (reject: Reject, row: number) => ({ ...reject, row, text: textOf(row) });
  const refined = await last.refineInPlace(made.batch);
  const failed = made.failed.map((reject) => told(reject, given.from?.[reject.row] ?? reject.row));
  const stops = refined.stops && told(refined.stops, from[refined.stops.row]!);
  const children = made.children && renumberParents(made.children, (row) => from[row]);
  const fails = step.onError === "fail";
  return {
    batch: refined.batch,
    kept: refined.kept,
    from,
    textOf,
    filtered: given.filtered + made.filtered + refined.filtered,
    rejects: [
      ...given.rejects,
      ...(fails ? [] : failed),
      ...refined.rejects.map((reject) => told(reject, from[reject.row]!)),
    ],
    failed: new Map([...given.failed, ...refined.failed]),
    stops: given.stops ?? (fails ? failed[0] : undefined) ?? stops,
    grown: undefined,
    ...((children ?? given.children) && { children: children ?? given.children! }),
  };
}

import type { OpenDestination } from "../../sdk/destination.js";
import type { QuarantineRow } from "../../sdk/quarantine.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import { quarantinePages } from "./quarantine-pages.js";
import { masksOf, type Standing, standings, type Unsendable } from "./standing.js";

/** Which quarantined rows are to be sent again. */
export interface ReplayChoice {
  /** Only these, by id. */
  readonly ids?: readonly string[];
  /** Only those that this rule rejected. */
  readonly rule?: string;
}

/** Rows that were rejected by one load, their columns masked alike: they are replayed together. */
export interface ReplayGroup {
  readonly loadId: number;
  readonly masks: Readonly<Record<string, string>>;
  rows: number;
}

/** How many rows, and some of their ids. */
export interface ToldRows {
  readonly rows: number;
  readonly ids: readonly string[];
}

export interface ReplayPlan {
  readonly groups: readonly ReplayGroup[];
  /** Rows that are read again from the source. */
  readonly reread: ToldRows | undefined;
  /** Rows that stay where they are, and why. */
  readonly left: ReadonlyMap<Unsendable, ToldRows>;
}

const mostIds = 20;

interface ReplayFacts {
  readonly connection: string;
  readonly choice: ReplayChoice;
}

/** Looks at a stream's quarantine: which rows can be replayed, and which cannot. */
export async function planReplay(
  destination: OpenDestination,
  plan: StreamPlan,
  facts: ReplayFacts,
): Promise<ReplayPlan> {
  const groups = new Map<string, ReplayGroup>();
  const told = new Map<Standing, { rows: number; ids: string[] }>();
  for await (const { row, standing } of chosenRows(destination, plan, facts)) {
    if (standing === "send") {
      const masks = masksOf(row);
      const name = groupName(row.loadId, masks);
      const group = groups.get(name) ?? { loadId: row.loadId, masks, rows: 0 };
      groups.set(name, group);
      group.rows++;
      continue;
    }
    const known = told.get(standing) ?? { rows: 0, ids: [] };
    told.set(standing, known);
    known.rows++;
    if (known.ids.length < mostIds) known.ids.push(row.quarantineId);
  }
  const reread = told.get("reread");
  const left = [...told].flatMap(([why, rows]) => (why === "send" || why === "reread" ? [] : [[why, rows] as const]));
  return { groups: [...groups.values()], reread, left: new Map(left) };
}

/** The rows of a stream's quarantine that are chosen and were not replayed, the oldest first. */
export async function* chosenRows(
  destination: OpenDestination,
  plan: StreamPlan,
  { connection, choice: { ids, rule } }: ReplayFacts,
): AsyncGenerator<{ readonly row: QuarantineRow; readonly standing: Standing }> {
  const standingOf = await standings(destination, plan, connection);
  const query = { schema: plan.schema, connection, stream: plan.id, replayed: false };
  for await (const page of quarantinePages(destination, { ...query, ...(ids && { ids }) })) {
    for (const row of page) if (rule === undefined || row.rule === rule) yield { row, standing: standingOf(row) };
  }
}

export function groupName(loadId: number, masks: Readonly<Record<string, string>>): string {
  return JSON.stringify([loadId, Object.entries(masks).sort()]);
}

import type { OpenDestination } from "../../sdk/destination.js";
import type { QuarantineRow } from "../../sdk/quarantine.js";
import type { StreamPlan } from "../sync/select-streams.js";
import { maskFingerprints } from "../transform/mask-fingerprint.js";
import { quarantinePages } from "./quarantine-pages.js";
import { waitingSince } from "./waiting-since.js";

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

/** Why a row cannot be sent again as it is. */
export type Unsendable = "superseded" | "mask_changed";

export interface ReplayPlan {
  readonly groups: readonly ReplayGroup[];
  /** How many rows stay where they are, and why; some of their ids. */
  readonly left: ReadonlyMap<Unsendable, { readonly rows: number; readonly ids: readonly string[] }>;
}

const mostIds = 20;

/** Looks at a stream's quarantine: which rows can be replayed, and which cannot. */
export async function planReplay(
  destination: OpenDestination,
  plan: StreamPlan,
  { connection, choice }: { readonly connection: string; readonly choice: ReplayChoice },
): Promise<ReplayPlan> {
  const states = await destination.states(plan.schema);
  const since = waitingSince(states, { connection, stream: plan.id });
  const masksNow = maskFingerprints(plan.rows.transforms, plan.columns);
  const groups = new Map<string, ReplayGroup>();
  const left = new Map<Unsendable, { rows: number; ids: string[] }>();
  const query = { schema: plan.schema, connection, stream: plan.id, replayed: false };
  for await (const page of quarantinePages(destination, { ...query, ...(choice.ids && { ids: choice.ids }) })) {
    for (const row of page) {
      if (choice.rule !== undefined && row.rule !== choice.rule) continue;
      const masks = masksOf(row);
      const why = row.loadId < since ? "superseded" : isMaskedAlike(masks, masksNow) ? undefined : "mask_changed";
      if (why !== undefined) {
        const told = left.get(why) ?? { rows: 0, ids: [] };
        left.set(why, told);
        told.rows++;
        if (told.ids.length < mostIds) told.ids.push(row.quarantineId);
        continue;
      }
      const name = groupName(row.loadId, masks);
      const group = groups.get(name) ?? { loadId: row.loadId, masks, rows: 0 };
      groups.set(name, group);
      group.rows++;
    }
  }
  return { groups: [...groups.values()], left };
}

/** How a row's columns were masked when it was rejected, by their names at the source. */
export function masksOf({ sourcePosition }: Pick<QuarantineRow, "sourcePosition">): Readonly<Record<string, string>> {
  const masks = (sourcePosition as { masks?: Readonly<Record<string, string>> } | undefined)?.masks;
  return masks ?? {};
}

export function groupName(loadId: number, masks: Readonly<Record<string, string>>): string {
  return JSON.stringify([loadId, Object.entries(masks).sort()]);
}

/** Whether what was masked then would be masked in the same way now. What was not may be masked now. */
function isMaskedAlike(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): boolean {
  return Object.entries(then).every(([column, mask]) => now[column] === mask);
}

/**
 * What is written beside a stream's own reading: a window again, quarantined rows, a repair, deletes. The table must be
 * there; the source's part of the committed state stays as it is.
 */
export interface Aside {
  readonly writeMode: "append" | "merge" | "scd2";
  /** The earlier load that its rows were read by: what the table has of later ones stays. */
  readonly asOf?: number;
  /** How columns of its rows are masked already: see `maskFingerprints`. */
  readonly masks?: Readonly<Record<string, string>>;
  /** The quarantined rows, by id, that came since it was last asked: the load that is committed now takes them in. */
  replayed?(): readonly string[];
}

/** How the ids of runs end that are beside the streams' own reading. */
const endings = ["replay", "backfill", "repair"] as const;

export type AsideKind = (typeof endings)[number];

/** Whether a run, by its id, was beside the streams' own reading. */
export function asideRun(runId: string): boolean {
  return endings.some((ending) => runId.endsWith(`-${ending}`));
}

import type { Json } from "./json.js";

/** A row that a load refuses, on its way into `_sluice_quarantine`. */
export interface QuarantinedRow {
  /** `<load id>-<n>` with n = 1, 2 …: within one stream no two rows have the same. */
  readonly quarantineId: string;
  /** The name of the rule, or of what else refused it. */
  readonly rule: string;
  readonly reason: string;
  /** The row as JSON text with every digit: the source's names and values, masked where they are masked. */
  readonly row: string;
  /** Where the source has the row, as far as it says. */
  readonly sourcePosition: Json | undefined;
}

/** A row of `_sluice_quarantine`. */
export interface QuarantineRow extends QuarantinedRow {
  readonly loadId: number;
  readonly connection: string;
  readonly stream: string;
  readonly quarantinedAt: Date;
  /** The load that took the row in after all. */
  readonly replayedLoadId: number | undefined;
}

/** Which quarantined rows are asked for; what is absent does not matter. */
export interface QuarantineQuery {
  readonly schema: string | undefined;
  readonly connection?: string;
  readonly stream?: string;
  readonly ids?: readonly string[];
  /** Only those that were replayed, or only those that were not. */
  readonly replayed?: boolean;
  /** Only those that come after this `quarantineId`: the last one of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Which quarantined rows are removed for good. */
export interface QuarantinePurge {
  readonly schema: string | undefined;
  readonly connection: string;
  readonly stream?: string;
  /** Only rows that were quarantined earlier than this. */
  readonly before?: Date;
  /** Only rows that were replayed. */
  readonly replayedOnly?: boolean;
}

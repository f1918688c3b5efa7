import type { Share } from "../quality/share.js";

/** How rows that are gone from the source are found and what becomes of them. */
export interface DeleteDetection {
  /** `keys`: the keys of source and table are compared after each sync. */
  readonly detect: "keys";
  /** `soft` marks the row with `_sluice_deleted_at`, `hard` removes it. */
  readonly mode: "soft" | "hard";
  /** More than this is taken for a fault of the source, and nothing is deleted. */
  readonly atMost: Share;
}

export const defaultAtMost: Share = { type: "part", part: 0.05 };

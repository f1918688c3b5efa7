/** How rows that are gone from the source are found and what becomes of them. */
export interface DeleteDetection {
  /** `keys`: the keys of source and table are compared after each sync. */
  readonly detect: "keys";
  /** `soft` marks the row with `_sluice_deleted_at`, `hard` removes it. */
  readonly mode: "soft" | "hard";
  /** More than this is taken for a fault of the source, and nothing is deleted. */
  readonly atMost: Share;
}

/** A part of the rows there are, or a number of them. */
export type Share = { readonly type: "part"; readonly part: number } | { readonly type: "rows"; readonly rows: number };

export const defaultAtMost: Share = { type: "part", part: 0.05 };

/** How many of `rows` a share is. */
export function rowsOf(share: Share, rows: number): number {
  return share.type === "rows" ? share.rows : Math.floor(share.part * rows);
}

/** `5%`, `1000 rows`: for messages. */
export function shareText(share: Share): string {
  return share.type === "rows" ? `${share.rows} rows` : `${Number((share.part * 100).toFixed(4))}%`;
}

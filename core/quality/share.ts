/** A part of the rows there are, or a number of them. */
export type Share = { readonly type: "part"; readonly part: number } | { readonly type: "rows"; readonly rows: number };

/** How many of `rows` a share is. */
export function rowsOf(share: Share, rows: number): number {
  return share.type === "rows" ? share.rows : Math.floor(share.part * rows);
}

/** `5%`, `1000 rows`: for messages. */
export function shareText(share: Share): string {
  return share.type === "rows" ? `${share.rows} rows` : `${Number((share.part * 100).toFixed(4))}%`;
}

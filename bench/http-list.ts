/** A list of an HTTP API: its records under `data`, the number of pages at `meta.pages`, the next cursor at `meta.next`. */
export interface HttpList {
  readonly url: string;
  readonly path: string;
  /** Pages are asked for by number (`page`, from 1) or by cursor (`after`). */
  readonly by: "page" | "cursor";
}

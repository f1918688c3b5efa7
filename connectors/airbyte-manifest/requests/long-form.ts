/** Bodies up to this size are taken whole. */
export const wholeBodyBytes = 8 * 1024 * 1024;

/** How a long answer comes in parts: JSON with its records in a list, or a text that is a list by itself. */
export type LongForm = JsonForm | ListForm;

export interface JsonForm {
  readonly format: "json";
  /** The keys that lead to the records. */
  readonly path: readonly string[];
}

export type ListForm = { readonly unpacks: boolean } & (
  | { readonly format: "lines" }
  | { readonly format: "csv"; readonly delimiter: string }
);

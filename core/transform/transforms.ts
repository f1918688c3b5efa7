import type { Secret } from "../../sdk/config/secret.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { NestedChoices } from "../nested/nested-choice.js";

/** What is done to the rows of a stream on their way, in this order; names are those after `rename`. */
export interface Transforms {
  /** New names by the source's. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly cast?: Readonly<Record<string, ColumnType>>;
  readonly mask?: Readonly<Record<string, Mask>>;
  /** SQL; a row stays where it is true. */
  readonly filter?: string;
  /** SQL by column; each may use those before it. */
  readonly derive?: Readonly<Record<string, string>>;
  /** What becomes of nested data, by path. */
  readonly nested?: NestedChoices;
  /** A SELECT over the relation `batch`: at most one row for each row. */
  readonly sql?: string;
  /** Makes a row of each row, or none. */
  readonly function?: FunctionFile;
  /** What becomes of a row that a cast or an expression fails on. */
  readonly onError?: "quarantine" | "fail";
}

/** A function over rows in a file of the user's. */
export interface FunctionFile {
  /** As the user wrote it: for messages. */
  readonly file: string;
  /** Where it is, absolute. */
  readonly path: string;
  /** Which export; the default one where absent. */
  readonly export?: string;
}

/** How a value is made unrecognisable; null stays null. All but `null` give text. */
export type Mask =
  | { readonly type: "sha256" | "redact" | "null" }
  | { readonly type: "hmac_sha256"; readonly key: Secret }
  | TokenizeMask
  /** The last `keep` characters stay. */
  | { readonly type: "partial"; readonly keep: number };

/** The shape stays, letters and digits are others: see `tokenize.ts`. */
export interface TokenizeMask {
  readonly type: "tokenize";
  readonly key: Secret;
}

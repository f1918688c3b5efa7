import type { PyDict, PyValue } from "../jinja/values/value.js";
import type { Answer } from "../requests/answer.js";
import { noOptions, type OptionsProvider } from "../requests/options-provider.js";
import type { Slice } from "../slices/slice.js";

/** What is known once a page was read. */
export interface Page {
  readonly answer: Answer;
  /** Records that came of it, after filters. */
  readonly size: number;
  /** Records that it holds, before any filter. */
  readonly extracted: number;
  readonly lastRecord: PyDict | undefined;
  readonly slice: Slice;
  /** The token that the page itself was asked for with. */
  readonly token: PyValue | undefined;
}

/** Walks the pages of a slice. */
export interface Paginator extends OptionsProvider {
  /** The token of the first page; undefined where it needs none. */
  readonly firstToken: PyValue | undefined;
  /** The token of the next page; undefined after the last. */
  next(page: Page): PyValue | undefined;
  /** Where a token is itself the path of its page. */
  path(token: PyValue | undefined): string | undefined;
}

export const noPagination: Paginator = {
  ...noOptions,
  firstToken: undefined,
  next: () => undefined,
  path: () => undefined,
};

import type { PyValue } from "../jinja/values/value.js";
import { noOptions, type OptionsProvider } from "../requests/options-provider.js";
import { type Slice, wholeStream } from "../slices/slice.js";

/** Cuts a stream into partitions and adds to their requests. */
export interface Router extends OptionsProvider {
  /** Each partition once, made when it is asked for. */
  slices(): AsyncIterable<Slice>;
  /** How far the parents were read, by name; undefined where there are none to remember. */
  state(): PyValue | undefined;
}

/** The router of a stream without partitions. */
export const singleRouter: Router = {
  ...noOptions,
  async *slices() {
    yield wholeStream;
  },
  state: () => undefined,
};

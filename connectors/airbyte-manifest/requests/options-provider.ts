import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";
import type { Options } from "./merge-options.js";
import type { OptionPlace, RequestOption } from "./request-option.js";

/** A part of a request that adds something to it: a paginator, a partition router, a cursor. */
export interface OptionsProvider {
  options(place: OptionPlace, slice: Slice | undefined, nextPageToken: PyValue | undefined): Options;
}

export const noOptions: OptionsProvider = { options: () => undefined };

/** One value in its place; nothing in every other place. */
export function oneOption(option: RequestOption, place: OptionPlace, value: PyValue): PyDict {
  const options = pyDict();
  if (option.place === place) option.inject(options, value);
  return options;
}

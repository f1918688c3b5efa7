import type { Filter, Library } from "../run.js";
import { hashFilters } from "./hash-filters.js";
import { markupFilters } from "./markup-filters.js";
import { selectFilters } from "./select-filters.js";
import { sequenceFilters } from "./sequence-filters.js";
import { sortFilters } from "./sort-filters.js";
import { tests } from "./tests.js";
import { textFilters } from "./text-filters.js";
import { valueFilters } from "./value-filters.js";

/** Jinja's filters and tests, and the filters of the low-code language. */
export const library: Library = {
  filters: new Map<string, Filter>(
    [hashFilters, markupFilters, selectFilters, sequenceFilters, sortFilters, textFilters, valueFilters].flatMap(
      Object.entries<Filter>,
    ),
  ),
  tests,
};

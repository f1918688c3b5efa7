import { pyDict } from "../jinja/values/dict.js";
import { type Component, child, parametersOf, text } from "../load/fields.js";
import type { Router } from "../partitions/router.js";
import type { OptionsProvider } from "../requests/options-provider.js";
import { createRequestOption } from "../requests/request-option.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";

/** What a cursor adds to requests: where its slice begins and ends. */
export function cursorOptions(cursor: Component, { templates }: Runtime): OptionsProvider {
  const parameters = parametersOf(cursor);
  const counts = text(cursor, "type") === "IncrementingCountCursor";
  const boundary = (option: string, fieldName: string, usual: string) => {
    const component = child(cursor, option);
    if (component === undefined) return [];
    const name = templates.text(text(cursor, fieldName) || usual, parameters);
    return [{ name, option: createRequestOption(component, templates, parameters) }];
  };
  const boundaries = counts
    ? boundary("start_value_option", "partition_field_start", "start")
    : [
        ...boundary("start_time_option", "partition_field_start", "start_time"),
        ...boundary("end_time_option", "partition_field_end", "end_time"),
      ];
  return {
    options(place, slice) {
      const options = pyDict();
      for (const { name, option } of boundaries) {
        const value = slice?.cursor.get(name);
        if (option.place === place && value !== undefined && value !== null) option.inject(options, value);
      }
      return options;
    },
  };
}

/** What partitions and cursor add together; where both name one thing the cursor's word counts. */
export function bothOptions(router: Router, cursor: OptionsProvider): OptionsProvider {
  return {
    options(place, slice, token) {
      const parts = [router.options(place, slice, token), cursor.options(place, slice, token)];
      return pyDict(parts.flatMap((part) => (isDict(part) ? [...part] : [])));
    },
  };
}

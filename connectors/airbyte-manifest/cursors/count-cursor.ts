import { DataError } from "../../../sdk/errors.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, field, parametersOf, requiredText } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import type { Scale } from "./cursor.js";
import { createRangeCursor, type RangeCursor } from "./range-cursor.js";

type Count = bigint | number;

/** A scale of numbers that only grow, such as an id. */
export const countScale: Scale<Count> = {
  parse(value) {
    if (typeof value === "bigint" || typeof value === "number") return value;
    throw new DataError("cursor.format", `${str(value)} is no number, and the cursor counts`);
  },
  write: (value) => value,
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  after: (value) => (typeof value === "bigint" ? value + 1n : value + 1),
  place: (value) => (typeof value === "bigint" ? value : BigInt(Math.floor(value))),
};

/** An IncrementingCountCursor that goes on from a saved state. */
export function createCountCursor(component: Component, runtime: Runtime, saved: PyDict): RangeCursor {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const start: PyValue = field(component, "start_value") ?? 0n;
  const first = templates.value(str(start), parameters);
  return createRangeCursor<Count>(
    {
      scale: countScale,
      cursorField: templates.text(requiredText(component, "cursor_field"), parameters),
      start: typeof first === "bigint" || typeof first === "number" ? BigInt(Math.trunc(Number(first))) : 0n,
      end: () => Number.POSITIVE_INFINITY,
      step: () => undefined,
      lookback: (value) => value,
      rereadFrom: (place) => place,
      clamp: (value) => value,
      boundaries: undefined,
    },
    saved,
  );
}

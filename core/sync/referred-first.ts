import type { StreamOptions } from "./plan.js";

/** A stream, as far as the order of loads goes. */
export interface Referring {
  readonly schema: string | undefined;
  readonly table: string;
  readonly options: Pick<StreamOptions, "quality">;
}

/**
 * The streams of a connection in the order in which they are loaded: the source's, but a stream whose table another one
 * refers to (a `relationship`) goes before that one. Where they refer to each other in a circle, the source's order stays.
 */
export function referredFirst<Plan extends Referring>(plans: readonly Plan[]): Plan[] {
  const ordered = new Set<Plan>();
  const onTheWay = new Set<Plan>();
  const place = (plan: Plan): void => {
    if (ordered.has(plan) || onTheWay.has(plan)) return;
    onTheWay.add(plan);
    for (const other of plans) if (refersTo(plan, other)) place(other);
    ordered.add(plan);
  };
  plans.forEach(place);
  return [...ordered];
}

function refersTo({ options, schema }: Referring, other: Referring): boolean {
  return (options.quality?.loads ?? []).some(
    ({ test }) =>
      test.type === "relationship" && test.table === other.table && (test.schema ?? schema) === other.schema,
  );
}

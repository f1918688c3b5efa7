/** What may change at a source. */
export const driftEntities = ["tables", "columns", "types", "nullability"] as const;
export type DriftEntity = (typeof driftEntities)[number];

/**
 * What is done about a change: the table follows it, the stream stops, the row is loaded without the value, rows that
 * carry it are left out, or they go to quarantine.
 */
export const driftPolicies = ["evolve", "freeze", "discard_value", "discard_row", "quarantine"] as const;
export type DriftPolicy = (typeof driftPolicies)[number];

export type DriftPolicies = Readonly<Record<DriftEntity, DriftPolicy>>;

/** The policies of a stream, for which a user may have named some. */
export function completePolicies(named: Partial<DriftPolicies> | undefined): DriftPolicies {
  return { tables: "evolve", columns: "evolve", types: "evolve", nullability: "evolve", ...named };
}

/** What one check found. */
export interface Verdict {
  readonly check: string;
  /** The stream it is about, as `namespace.name`; absent: the connector as a whole. */
  readonly stream?: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What was found, or why it was not looked for. */
  readonly found?: string;
  /** What the author is to do about it. */
  readonly advice?: string;
}

/** Thrown by a check for what is wrong; everything else that it throws is wrong as well. */
export class Finding extends Error {}

/** Thrown by a check that does not apply. */
export class NotApplicable extends Error {}

/** Fails the check with a sentence unless something holds. */
export function expect(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Finding(found);
}

/** One thing that is asked of a connector. */
export interface Check<Scope> {
  readonly name: string;
  /** What its author is to do when it fails. */
  readonly advice: string;
  /** @throws what is wrong; `NotApplicable` where it does not apply */
  run(scope: Scope): Promise<void>;
}

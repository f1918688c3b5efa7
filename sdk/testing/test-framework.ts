/** The functions of a test framework that the conformance suites need: those of vitest, jest or node:test fit. */
export interface TestFramework {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
  afterAll(body: () => Promise<void>): void;
}

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of half a minute and more, the longest first: begun last, one would keep a single worker busy at the end. */
const long = [
  "crash/kill-",
  "e2e/cursor",
  "destinations/file/kill",
  "conformance/destinations/",
  "e2e/many-parents",
  "e2e/values",
  "e2e/transforms",
  "e2e/verify-children",
  "e2e/write-a-connector",
  "duckdb/wide-rows.integration",
  "e2e/replay",
  "cli/first-sync",
];

/** Runs the long files first, and the others in vitest's order. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = long.findIndex((part) => moduleId.includes(`/test/${part}`));
      return found < 0 ? long.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

import { afterAll, describe, expect, test } from "vitest";
import { destinations } from "../../destinations/index.js";
import { destinationConformance } from "../../sdk/testing/index.js";
import { destinationFixtures } from "./destination-fixtures.js";

test("every built-in destination has fixtures", () => {
  expect(Object.keys(destinationFixtures).sort()).toEqual(Object.keys(destinations).sort());
});

for (const fixtures of Object.values(destinationFixtures)) {
  for (const fixture of await fixtures()) destinationConformance({ describe, test, afterAll }, fixture);
}

import { alterTests } from "./destination-alter-tests.js";
import { auditTests } from "./destination-audit-tests.js";
import { type BedTest, type DestinationFixture, destinationBed, type PreparedDestination } from "./destination-bed.js";
import { childrenTests } from "./destination-children-tests.js";
import { knownRejectsTests } from "./destination-known-rejects-tests.js";
import { modeTests } from "./destination-mode-tests.js";
import { nameTests } from "./destination-name-tests.js";
import { quarantineTests } from "./destination-quarantine-tests.js";
import { removalTests } from "./destination-removal-tests.js";
import { stateTests } from "./destination-state-tests.js";
import { valueTests } from "./destination-value-tests.js";
import type { TestFramework } from "./test-framework.js";

/**
 * The tests that every destination passes. They assert with node:assert and need no framework but the functions given:
 * `destinationConformance({ describe, test, afterAll }, fixture)`.
 */
export function destinationConformance({ describe, test, afterAll }: TestFramework, fixture: DestinationFixture): void {
  let prepared: Promise<PreparedDestination> | undefined;
  const bedTest: BedTest = (name, body) =>
    test(name, async () => {
      prepared ??= fixture.prepare();
      const bed = destinationBed(fixture, (await prepared).config);
      try {
        await body(bed);
      } finally {
        await bed.close();
        if (fixture.ownSystem === true) await remove();
      }
    });

  async function remove(): Promise<void> {
    const done = prepared;
    prepared = undefined;
    await (await done)?.remove?.();
  }

  describe(`destination ${fixture.name}`, () => {
    afterAll(remove);
    stateTests(bedTest, fixture);
    modeTests(bedTest, fixture);
    removalTests(bedTest, fixture);
    childrenTests(bedTest, fixture);
    quarantineTests(bedTest, fixture);
    knownRejectsTests(bedTest);
    auditTests(bedTest, fixture);
    alterTests(bedTest);
    valueTests(bedTest, fixture);
    nameTests(bedTest, fixture);
  });
}

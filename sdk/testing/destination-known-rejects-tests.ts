import assert from "node:assert/strict";
import type { OpenDestination, Target, Writer } from "../destination.js";
import type { QuarantinedRow } from "../quarantine.js";
import { type BedTest, columnsOf, type DestinationBed } from "./destination-bed.js";

const columns = columnsOf({ id: "int64!" });
const rows = ['{"id":1,"a":1.10}', '{"id":2}', '{"id":3}'];

/** Rejected rows that are read again wait once, where the destination can tell. */
export function knownRejectsTests(test: BedTest): void {
  test("a rejected row that waits already is not kept twice", async (bed) => {
    const target = bed.target({ writeMode: "merge", primaryKey: ["id"] });
    const destination = await bed.open();
    const writer = await bed.writer(destination, target, columns);
    const first = await reject(bed, writer, rows.slice(0, 2));
    const other = await bed.writer(destination, bed.target({ writeMode: "merge", primaryKey: ["id"] }), columns);
    if (writer.dropKnownRejects === undefined) return;
    // One waits, one does not yet; a row of another rule is another; and so is one of an earlier reading.
    const second = await reject(bed, writer, rows.slice(1), { since: 0, rules: ["range(id)", "range(id)"] });
    const third = await reject(bed, writer, [rows[0]!, rows[0]!], { since: 0, rules: ["range(id)", "other"] });
    const fourth = await reject(bed, writer, rows.slice(0, 1), { since: first.loadId + 1, rules: ["range(id)"] });
    const elsewhere = await reject(bed, other, rows.slice(0, 1), { since: 0, rules: ["range(id)"] });
    assert.deepEqual(
      [second, third, fourth, elsewhere].map(({ dropped }) => dropped),
      [1, 1, 0, 0],
    );
    assert.deepEqual(await idsOf(destination, target), [
      `${first.loadId}-1`,
      `${first.loadId}-2`,
      `${second.loadId}-2`,
      `${third.loadId}-2`,
      `${fourth.loadId}-1`,
    ]);
    const staged = await bed.stage(writer, { columns, rows: [] });
    await bed.commit(writer, staged, { rows: [], replayed: [`${first.loadId}-2`] });
    assert.equal((await reject(bed, writer, rows.slice(1, 2), { since: 0, rules: ["range(id)"] })).dropped, 0);
  });
}

interface Again {
  readonly since: number;
  readonly rules: readonly string[];
}

/** Commits a load of rejected rows alone. */
async function reject(bed: DestinationBed, writer: Writer, texts: readonly string[], again?: Again) {
  const loadId = bed.nextLoadId();
  await writer.startLoad(loadId);
  const rejects = texts.map((row, i): QuarantinedRow => {
    const rule = again?.rules[i] ?? "range(id)";
    return { quarantineId: `${loadId}-${i + 1}`, rule, reason: "it is out", row, sourcePosition: undefined };
  });
  await writer.quarantine(rejects);
  const staged = await writer.flush();
  const dropped = again && (await writer.dropKnownRejects?.(again.since));
  await bed.commit(writer, { ...staged, loadId }, { rows: [] });
  return { loadId, dropped };
}

async function idsOf(destination: OpenDestination, { schema, connection, stream }: Target): Promise<string[]> {
  const found = await destination.quarantined({ schema, connection, stream, limit: 100 });
  return found.map(({ quarantineId }) => quarantineId);
}

import assert from "node:assert/strict";
import { type BedTest, canonical, columnsOf, type DestinationFixture } from "./destination-bed.js";

const hostile = [
  "select",
  "group",
  "user",
  "with space",
  " leading",
  'double"quote',
  "single'quote",
  "back\\slash",
  "semi;colon",
  "dash--comment",
  "/* comment */",
  "$1",
  "%s",
  "?",
  "{brace}",
  "dot.ted",
  "comma,",
  "ümläut",
  "表",
  "😀",
  "new\nline",
  "__proto__",
  "constructor",
  "'; drop table t1; --",
];

/** Names that would mean something else if they were not quoted. */
export function nameTests(test: BedTest, fixture: DestinationFixture): void {
  const { maxIdentifierBytes, caseInsensitive, defaultSchema } = fixture.destination.capabilities;

  test("columns of hostile names, one table", async (bed) => {
    const columns = columnsOf(Object.fromEntries(hostile.map((name) => [name, "string"])));
    const all = [...columns, ...columnsOf({ id: "int64!" })];
    const target = bed.target({ writeMode: "merge", primaryKey: ["id"], cursorField: hostile[0]! });
    const writer = await bed.writer(await bed.open(), target, all);
    const values = Object.fromEntries(hostile.map((name) => [name, `value of ${name}`]));
    const rows = [{ id: 1n, ...values }];
    await bed.load(writer, { columns: all, rows });
    await bed.load(writer, { columns: all, rows });
    assert.deepEqual(await bed.read(target, all), canonical(all, rows));
  });

  test("tables, keys, streams and connections of hostile names", async (bed) => {
    const destination = await bed.open();
    const tables = hostile.map((name) => {
      const columns = columnsOf({ v: "int64", [name]: "string!" });
      const plain = bed.target({ table: name, writeMode: "merge", primaryKey: [name] });
      const target = { ...plain, stream: `${name}.${name}`, connection: name };
      return { name, columns, target, rows: [{ [name]: "k", v: 1n }] };
    });
    for (const { name, columns, target, rows } of tables) {
      const writer = await bed.writer(destination, target, columns);
      await bed.load(writer, { columns, rows, state: { [name]: name } });
      await writer.close();
    }
    const states = await destination.states(tables[0]!.target.schema);
    for (const { name, columns, target, rows } of tables) {
      const state = states.find(({ connection }) => connection === name);
      assert.deepEqual([state?.stream, state?.state], [target.stream, { [name]: name }]);
      assert.deepEqual(await bed.read(target, columns), canonical(columns, rows), `table ${JSON.stringify(name)}`);
    }
  });

  if (defaultSchema !== undefined) {
    test("a schema of a hostile name", async (bed) => {
      const columns = columnsOf({ id: "int64!" });
      const target = bed.target({ schema: 'it\'s a "schema"; --' });
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.load(writer, { columns, rows: [{ id: 1n }] });
      assert.deepEqual(await bed.read(target, columns), canonical(columns, [{ id: 1n }]));
    });
  }

  test("names of the greatest length stay two when they differ in their last byte", async (bed) => {
    const long = "n".repeat(Math.min(maxIdentifierBytes, 200) - 1);
    const columns = columnsOf({ [`${long}1`]: "int64!", [`${long}2`]: "int64!" });
    for (const last of [1n, 2n]) {
      const target = bed.target({ table: `${long}${last}`, stream: `long${last}` });
      const writer = await bed.writer(await bed.open(), target, columns);
      const rows = [{ [`${long}1`]: last, [`${long}2`]: last + 10n }];
      await bed.load(writer, { columns, rows });
      assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
      await bed.close();
    }
  });

  if (!caseInsensitive) {
    test("names that differ only by case are two", async (bed) => {
      const columns = columnsOf({ name: "int64!", Name: "int64!", NAME: "int64!" });
      const target = bed.target();
      const writer = await bed.writer(await bed.open(), target, columns);
      const rows = [{ name: 1n, Name: 2n, NAME: 3n }];
      await bed.load(writer, { columns, rows });
      assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
    });
  }
}

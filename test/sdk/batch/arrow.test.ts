import { Table, tableFromIPC, tableToIPC } from "apache-arrow";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromRecordBatch, toRecordBatch } from "../../../sdk/batch/arrow.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { packableRow, tables } from "./rows.js";

const batches = tables.map(({ columns, rows }) => ({
  rows,
  columns,
  batch: pack(
    columns,
    rows.map((row) => packableRow(row, columns)),
  ),
}));

test("a batch becomes an Arrow record batch and comes back the same", () => {
  fc.assert(
    fc.property(batches, ({ batch, columns, rows }) => {
      const back = fromRecordBatch(toRecordBatch(batch));
      expect(back.columns).toEqual(columns);
      expect(unpack(back)).toEqual(rows);
    }),
  );
});

test("it survives Arrow's IPC format", () => {
  fc.assert(
    fc.property(batches, ({ batch, columns, rows }) => {
      const [read] = tableFromIPC(tableToIPC(new Table([toRecordBatch(batch)]))).batches;
      const back = read === undefined ? undefined : fromRecordBatch(read);
      expect(back?.columns ?? columns).toEqual(columns);
      expect(back === undefined ? [] : unpack(back)).toEqual(rows);
    }),
  );
});

test("a slice of a record batch holds only its own rows", () => {
  fc.assert(
    fc.property(batches, fc.nat(150), fc.nat(150), ({ batch, rows }, from, to) => {
      fc.pre(from <= to);
      expect(unpack(fromRecordBatch(toRecordBatch(batch).slice(from, to)))).toEqual(rows.slice(from, to));
    }),
  );
});

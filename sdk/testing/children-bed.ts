import assert from "node:assert/strict";
import type { Batch } from "../batch/batch.js";
import { type ChildTarget, parentRowColumn } from "../child-table.js";
import type { OpenDestination, Removal, Staged, Target, Writer } from "../destination.js";
import type { Column, WriteMode } from "../schema/stream.js";
import { repack } from "./canonical-rows.js";
import { canonical, columnsOf, type DestinationBed, type Rows } from "./destination-bed.js";

/** An order with what it has in a list, and in a list of that: `{ id: 1, lines: ["a", "b"], taxes: [[1], []] }`. */
export interface Order {
  readonly id: number;
  readonly lines?: readonly (string | null)[];
  /** By line. */
  readonly taxes?: readonly (readonly number[])[];
  readonly version?: number;
}

export interface OrderLoad {
  readonly orders: readonly Order[];
  readonly publish?: boolean;
  readonly asOf?: number;
  readonly remove?: { readonly ids: readonly number[]; readonly how: Removal };
  /** Orders a batch; their lines follow each. */
  readonly batchRows?: number;
}

export const orderColumns = columnsOf({ id: "int64!", version: "int32" });
export const lineColumns = columnsOf({ _sluice_parent_id: "int64!", _sluice_index: "int64!", sku: "string" });
export const taxColumns = columnsOf({
  ...{ _sluice_parent_id: "int64!", _sluice_parent_index: "int64!", _sluice_index: "int64!", value: "int32" },
});

/** A target of orders with two child tables: `lines`, and `taxes` of lists in lists. */
export function orders(bed: DestinationBed, writeMode: WriteMode): Target {
  const target = bed.target({ writeMode, primaryKey: ["id"], fullRefresh: writeMode === "overwrite" });
  const parentKey = ["_sluice_parent_id"];
  const children = ["lines", "taxes"].map(
    (name): ChildTarget => ({ name, table: `${target.table}_${name}`, parentKey }),
  );
  return { ...target, children };
}

/** Begins, and starts all three tables. */
export async function begin(bed: DestinationBed, target: Target, destination?: OpenDestination): Promise<Writer> {
  const writer = await bed.writer(destination ?? (await bed.open()), target, orderColumns);
  await writer.children!.get("lines")!.start(lineColumns);
  await writer.children!.get("taxes")!.start(taxColumns);
  return writer;
}

/** Writes a load up to and including `flush`. */
export async function stage(
  bed: DestinationBed,
  writer: Writer,
  plan: OrderLoad,
): Promise<Staged & { loadId: number }> {
  const { orders: given, remove, asOf, batchRows = given.length } = plan;
  const loadId = bed.nextLoadId();
  await writer.startLoad(loadId, asOf === undefined ? {} : { asOf });
  for (let from = 0; from < given.length; from += batchRows) {
    const some = given.slice(from, from + batchRows);
    await writer.write(
      repack(
        orderColumns,
        some.map(({ id, version = null }) => ({ id: BigInt(id), version })),
      ),
    );
    for (const [name, columns, rowsOf] of [
      ["lines", lineColumns, linesOf],
      ["taxes", taxColumns, taxesOf],
    ] as const) {
      const rows = some.flatMap((order, at) =>
        rowsOf([order]).map((row) => ({ ...row, [parentRowColumn]: BigInt(from + at) })),
      );
      if (rows.length > 0) await writer.children!.get(name)!.write(withParentRow(columns, rows));
    }
  }
  const gone = remove?.ids.map((id) => ({ id: BigInt(id) }));
  if (gone !== undefined) await writer.remove!(repack(orderColumns.slice(0, 1), gone), remove!.how);
  return { ...(await writer.flush()), loadId };
}

export function commit(
  bed: DestinationBed,
  writer: Writer,
  staged: Staged & { loadId: number },
  plan: Partial<OrderLoad>,
) {
  return bed.commit(writer, staged, { rows: [], publish: plan.publish ?? false });
}

/** Writes a load and commits it. */
export async function load(bed: DestinationBed, writer: Writer, plan: OrderLoad): Promise<Staged & { loadId: number }> {
  const staged = await stage(bed, writer, plan);
  await commit(bed, writer, staged, plan);
  return staged;
}

export function withParentRow(columns: readonly Column[], rows: Rows): Batch {
  return repack([...columns, ...columnsOf({ [parentRowColumn]: "int64!" })], rows);
}

export function linesOf(orders: readonly Order[]): Rows {
  return orders.flatMap(({ id, lines = [] }) =>
    lines.map((sku, at) => ({ _sluice_parent_id: BigInt(id), _sluice_index: BigInt(at), sku })),
  );
}

function taxesOf(orders: readonly Order[]): Rows {
  return orders.flatMap(({ id, taxes = [] }) =>
    taxes.flatMap((values, line) =>
      values.map((value, at) => ({
        ...{ _sluice_parent_id: BigInt(id), _sluice_parent_index: BigInt(line), _sluice_index: BigInt(at), value },
      })),
    ),
  );
}

export function childTable(target: Target, { table }: ChildTarget): Target {
  return { ...target, table };
}

/** All three tables hold these orders, and nothing else. */
export async function assertStands(bed: DestinationBed, target: Target, given: readonly Order[]): Promise<void> {
  const parents = given.map(({ id, version = null }) => ({ id: BigInt(id), version }));
  assert.deepEqual(await bed.read(target, orderColumns), canonical(orderColumns, parents));
  const [lines, taxes] = target.children!;
  assert.deepEqual(await bed.read(childTable(target, lines!), lineColumns), canonical(lineColumns, linesOf(given)));
  assert.deepEqual(await bed.read(childTable(target, taxes!), taxColumns), canonical(taxColumns, taxesOf(given)));
}

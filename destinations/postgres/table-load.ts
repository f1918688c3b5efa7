import type { Batch } from "../../sdk/batch/batch.js";
import type { SchemaChange } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { EncodedRows } from "../../sdk/messages.js";
import { changedColumns, changedKept } from "../../sdk/schema/changed-columns.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { Turns } from "../../sdk/sql/turns.js";
import type { Intake } from "./intake.js";
import { type LoadCopy, loadCopy } from "./load-copy.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";

/** The loads of one table, the stream's own or a child's, one after the other. */
export interface TableLoad {
  /** As announced, and as the loads that were committed have changed them. */
  readonly columns: readonly Column[];
  start(columns: readonly Column[], kept: readonly Column[]): void;
  begin(load: { readonly id: number; readonly asOf: number | undefined }): void;
  alter(changes: readonly SchemaChange[]): void;
  /** Makes what takes the rows, where that is not done yet. */
  open(): Promise<void>;
  write(batch: Batch): Promise<void>;
  writeEncoded(rows: EncodedRows): Promise<void>;
  /** Ends the COPY; returns how many rows the server counted. */
  end(): Promise<number>;
  committed(): void;
  cancel(): Promise<void>;
}

interface Load extends LoadShape {
  readonly copy: LoadCopy;
  intake?: Intake;
}

/** `turns` is shared by the tables of a load. */
export function tableLoad({ session, target }: StrategyContext, strategy: Strategy, turns: Turns): TableLoad {
  let columns: readonly Column[] = [];
  let kept: readonly Column[] = [];
  let load: Load | undefined;

  function current(): Load {
    if (load === undefined) throw new SystemError("writer.no_load", "no load is open");
    return load;
  }

  async function intakeOf(one: Load): Promise<Intake> {
    if (one.intake === undefined) await turns.end();
    one.intake ??= await strategy.open(one);
    await turns.take(one.copy);
    return one.intake;
  }

  return {
    get columns() {
      return columns;
    },
    start(announced, unbrought) {
      columns = announced;
      kept = unbrought;
    },
    begin({ id, asOf }) {
      const copy = loadCopy(session, { stream: target.stream, loadId: id });
      load = { asOf, columns, kept, changes: [], copy, loadId: target.metadataColumns ? id : undefined };
    },
    alter(changes) {
      const one = current();
      if (one.intake !== undefined) throw new SystemError("alter.after_rows", "a load is altered before its rows");
      const altered = changedColumns(one.columns, changes);
      const unbrought = changedKept(one.kept, changes);
      load = { ...one, columns: altered, kept: unbrought, changes: [...one.changes, ...changes] };
    },
    async open() {
      await intakeOf(current());
    },
    async write(batch) {
      const one = current();
      await one.copy.write(await intakeOf(one), batch);
    },
    async writeEncoded(rows) {
      const one = current();
      await one.copy.writeEncoded(await intakeOf(one), rows);
    },
    async end() {
      const one = current();
      await intakeOf(one);
      return await one.copy.end();
    },
    committed() {
      ({ columns, kept } = current());
      load = undefined;
    },
    async cancel() {
      await load?.copy.cancel();
      load = undefined;
    },
  };
}

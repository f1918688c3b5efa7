import type { Batch } from "../../sdk/batch/batch.js";
import { SystemError, TransientError } from "../../sdk/errors.js";
import type { EncodedRows } from "../../sdk/messages.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type CopyEncoder, copyEncoder } from "../../sdk/sql/postgres/copy-encode.js";
import { rowSplicer } from "../../sdk/sql/postgres/copy-splice.js";
import { rowEncoding } from "../../sdk/sql/postgres/row-encoding.js";
import type { ColumnPlan } from "./column-plan.js";
import { type CopyIn, startCopyIn } from "./copy-in.js";
import { columnNames, type Intake } from "./intake.js";
import type { Session } from "./session.js";
import { nameList } from "./tables.js";

/** The rows of one load on their way into its intake: a COPY, and another where the columns of the batches change. */
export interface LoadCopy {
  write(intake: Intake, batch: Batch): Promise<void>;
  /** Lets other statements have the connection until the next rows come. */
  pause(): Promise<void>;
  writeEncoded(intake: Intake, rows: EncodedRows): Promise<void>;
  /**
   * Ends it and returns how many rows the server counted.
   * @throws SystemError `copy.rows_lost` unless they are as many as were given
   */
  end(): Promise<number>;
  cancel(): Promise<void>;
}

interface UnderWay {
  readonly columns: readonly Column[];
  readonly plans: readonly ColumnPlan[];
  readonly into: CopyIn;
  readonly encoder: CopyEncoder;
  /** Puts the load id into rows that come encoded; undefined where they are sent as they are. */
  readonly splice: ReturnType<typeof rowSplicer> | undefined;
}

export function loadCopy(session: Session, { stream, loadId }: { stream: string; loadId: number }): LoadCopy {
  let underWay: UnderWay | undefined;
  let given = 0;
  let copied = 0;

  async function startCopy(intake: Intake, columns: readonly Column[]): Promise<UnderWay> {
    const plans = columns.map((column) => planOf(intake, column));
    const brought = intake.loadId === "copied";
    const encoder = copyEncoder({
      stream,
      columns: plans.map(({ column, copyType }) => ({ name: column.name, type: column.type, postgresType: copyType })),
      ...(brought ? { loadId } : {}),
    });
    const names = nameList(columnNames({ ...intake, plans, loadId: brought ? "copied" : "none" }));
    const options = intake.freeze ? "format binary, freeze" : "format binary";
    const into = await startCopyIn(session, `copy ${intake.table} (${names}) from stdin (${options})`);
    return { columns, plans, into, encoder, splice: brought ? rowSplicer({ stream, loadId }) : undefined };
  }

  async function endCopy(): Promise<void> {
    if (underWay !== undefined) copied += await underWay.into.end();
    underWay = undefined;
    if (copied === given) return;
    throw new SystemError("copy.rows_lost", `${stream}: the server counted ${copied} rows of ${given}`, { stream });
  }

  async function copyFor(intake: Intake, columns: readonly Column[]): Promise<UnderWay> {
    if (underWay !== undefined && !sameColumns(underWay.columns, columns)) await endCopy();
    underWay ??= await startCopy(intake, columns);
    return underWay;
  }

  return {
    async write(intake, batch) {
      const { into, encoder } = await copyFor(intake, batch.columns);
      await into.write((frame) => encoder.encode(batch, frame));
      given += batch.rows;
    },
    async writeEncoded(intake, rows) {
      const { into, splice, plans } = await copyFor(intake, rows.columns);
      if (rows.encoding !== rowEncoding(plans.map(({ copyType }) => copyType))) throw tableChanged(stream);
      if (splice === undefined) await into.pass(rows.data);
      else await into.write((frame) => splice(rows, frame));
      given += rows.rows;
    },
    pause: endCopy,
    async end() {
      await endCopy();
      return copied;
    },
    async cancel() {
      await underWay?.into.cancel();
    },
  };
}

/** Between the beginning of the sync and its first row: what was agreed with the source no longer holds. */
function tableChanged(stream: string): TransientError {
  const message = `${stream}: the columns of the target were altered while the sync began`;
  return new TransientError("target.altered", message, { stream, hint: "run the sync again" });
}

function planOf(intake: Intake, column: Column): ColumnPlan {
  const plan = intake.plans.find((known) => known.column.name === column.name);
  if (plan !== undefined && sameType(plan.column.type, column.type)) return plan;
  throw new SystemError("batch.columns", `column '${column.name}' comes as it was not announced`, {
    column: column.name,
  });
}

function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return (
    a === b ||
    (a.length === b.length && a.every(({ name, type }, i) => name === b[i]!.name && sameType(type, b[i]!.type)))
  );
}

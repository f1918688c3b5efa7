import type { Vector } from "../../sdk/batch/vector.js";
import { SystemError } from "../../sdk/errors.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import type { Transform } from "../../sdk/sql/duckdb/transform.js";
import { castToLogical } from "../../sdk/sql/duckdb/types.js";
import { type Widening, widening } from "../schema/widen-vector.js";
import { flagColumns } from "./check.js";
import type { Rows } from "./condition.js";
import type { ExpressionEngine } from "./engine.js";
import type { MasksAside } from "./masks-aside.js";
import type { StageColumn, Stages } from "./stages.js";

/** What a stream's stages give of its rows: the columns of flags, and then the columns made. */
export interface Work {
  /** Calls may overlap; they are answered in order. The rows stay as they are. */
  apply(rows: Rows): Promise<readonly Vector[]>;
  close(): Promise<void>;
}

interface SelectOptions {
  readonly source: readonly Column[];
  readonly stages: Stages;
  readonly engine: ExpressionEngine;
  readonly aside: MasksAside["aside"];
  /** The columns that it gives. */
  readonly made: readonly StageColumn[];
}

/** Has the engine do it, by one SELECT. */
export async function selectWork({ source, stages, engine, aside, made }: SelectOptions): Promise<Work> {
  const relation = engine.relationName();
  const sent = sentColumns(source, stages, aside);
  const flags = flagColumns(stages.checks);
  const items = [...flags, ...made.map(({ column }) => quoteIdentifier(column.name))];
  const { sql, parameters } = stages.statement(`${relation}()`, aside);
  const transform = await (await engine.calculator()).transform({
    relation,
    columns: sent.map(({ column }) => column),
    sql: `SELECT ${items.join(", ")} FROM (${sql})`,
    parameters,
  });
  checkTypes(transform, made, flags.length);
  return {
    apply({ rows, vectors }) {
      const read = sent.map(({ from, text }) => (text === undefined ? vectors[from]! : text(vectors[from]!, rows)));
      return transform.apply({ rows, vectors: read });
    },
    close: () => transform.close(),
  };
}

interface SentColumn {
  readonly column: Column;
  readonly from: number;
  /** Makes its text, where the engine gets that. */
  readonly text: Widening | undefined;
}

/** What travels to the engine; a relation has one column at least. */
function sentColumns(source: readonly Column[], { touched, names }: Stages, aside: MasksAside["aside"]): SentColumn[] {
  const masked = new Set([...aside].map(({ maskOf }) => maskOf));
  const read = [...touched].filter(([from]) => !masked.has(from));
  const wanted = read.length > 0 ? read : [[0, source[0]!.type] as const];
  return wanted.map(([from, type]) => {
    const column = source[from]!;
    const text = sameType(column.type, type) ? undefined : widening(column.type, type);
    return { column: { ...column, name: names[from]!, type }, from, text };
  });
}

function checkTypes({ gives }: Transform, made: readonly StageColumn[], flags: number): void {
  const wrong = gives.slice(flags).find(({ text }) => castToLogical("", text) !== "");
  if (gives.length === flags + made.length && wrong === undefined) return;
  throw new SystemError("transform.columns", `the transforms give other columns than were planned: ${wrong?.text}`);
}

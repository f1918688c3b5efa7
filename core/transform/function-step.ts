import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import { createInference } from "../../sdk/batch/infer.js";
import { emptyBatch, type Row } from "../../sdk/batch/pack.js";
import { unpackValue } from "../../sdk/batch/unpack.js";
import { ConfigError } from "../../sdk/errors.js";
import type { FunctionRow } from "../../sdk/row-function.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { Learned } from "../nested/learned.js";
import { type LoadedFunction, lineIn } from "../registry/load-row-function.js";
import { commonType } from "../schema/lattice.js";
import { packFitting } from "./pack-fitting.js";
import type { RowStep } from "./row-step.js";
import type { FunctionFile } from "./transforms.js";
import type { Reject } from "./verdicts.js";

interface FunctionStepOptions extends Pick<RowStep, "onError"> {
  readonly file: FunctionFile;
  readonly loaded: LoadedFunction;
  /** The columns that it is given. */
  readonly given: readonly Column[];
  /** Has the columns that it made before, with the types they had; takes those that it makes. */
  readonly learned: Pick<Learned, "made">;
}

/** The step that calls a user's function for each row. */
export function functionStep({ file, loaded, given, learned, onError }: FunctionStepOptions): RowStep {
  const fixed = fixedColumns(given, loaded.columns);
  const taken = new Set([...fixed.map(({ name }) => name), ...loaded.columns.keys()]);
  const inferred = learned.made.filter(({ name }) => !taken.has(name));
  const inference = createInference(inferred, taken);
  // Types count as told once they stand in a table.
  const told = inference.columns();
  const columns = [...fixed, ...inferred];
  const names = new Set(given.map(({ name }) => name));

  function call(row: FunctionRow): Row | undefined {
    const made: unknown = loaded.make(row);
    if (made === undefined || made === null) return undefined;
    if (typeof made === "object" && !Array.isArray(made) && !("then" in made)) return made as Row;
    if (typeof made === "object" && "then" in made) throw awaited(file);
    throw new TypeError(`it gives ${Array.isArray(made) ? "an array" : `a ${typeof made}`}, and no row`);
  }

  return {
    columns,
    made: columns.flatMap(({ name }) => (names.has(name) ? [] : [name])),
    onError,
    apply(batch, wanted) {
      const rows: Row[] = [];
      const from: number[] = [];
      const failed: Reject[] = [];
      let filtered = 0;
      for (const row of wanted ?? everyRow(batch)) {
        const before = rowOf(batch, given, row);
        try {
          // A delete carries its key only.
          const made = batch.ops?.[row] === rowOp.delete ? before : call(before);
          if (made === undefined) {
            filtered++;
            continue;
          }
          inference.see(made);
          rows.push(made);
          from.push(row);
        } catch (error) {
          if (error instanceof ConfigError) throw error;
          failed.push({ row, rule, reason: reasonOf(error, file) });
        }
      }
      const grown = grownColumns(inferred, told, inference.columns());
      if (grown !== undefined) {
        learned.made = grown;
        return { batch: emptyBatch(columns), from: Int32Array.of(), filtered, failed, grown };
      }
      const packed = packFitting(columns, rows, (at) => batch.ops?.[from[at]!] === rowOp.delete);
      for (const { at, reason } of packed.unfit) failed.push({ row: from[at]!, rule, reason });
      const origins = Int32Array.from(packed.fitting, (at) => from[at]!);
      const { ops } = batch;
      return {
        batch:
          ops === undefined ? packed.batch : { ...packed.batch, ops: Uint8Array.from(origins, (row) => ops[row]!) },
        from: origins,
        filtered,
        failed,
        grown: undefined,
      };
    },
  };
}

const rule = "function";

/** The columns whose types are settled: those given, but for what the file leaves out, and those it declares. */
function fixedColumns(given: readonly Column[], declared: LoadedFunction["columns"]): Column[] {
  const kept = given.flatMap(({ native: _, ...column }): Column[] => {
    const type = declared.get(column.name);
    return type === null ? [] : [{ ...column, type: type ?? column.type }];
  });
  const names = new Set(given.map(({ name }) => name));
  const added = [...declared].flatMap(([name, type]): Column[] =>
    type === null || names.has(name) ? [] : [{ name, type, nullable: true }],
  );
  return [...kept, ...added];
}

function* everyRow({ rows }: Batch): Generator<number> {
  for (let row = 0; row < rows; row++) yield row;
}

function rowOf({ vectors }: Batch, columns: readonly Column[], row: number): FunctionRow {
  return Object.fromEntries(columns.map(({ name, type }, i) => [name, unpackValue(vectors[i]!, type, row)]));
}

/** What was inferred so far, and what a look at more rows made of it; undefined where nothing is new. */
function grownColumns(known: readonly Column[], told: readonly Column[], now: readonly Column[]) {
  const typeIn = (columns: readonly Column[], name: string) => columns.find((one) => one.name === name)?.type;
  const isTold = ({ name, type }: Column) => {
    const before = typeIn(told, name);
    return before !== undefined && sameType(before, type);
  };
  if (now.every(isTold)) return undefined;
  return now.map((column): Column => {
    const type = typeIn(known, column.name);
    if (type === undefined) return column;
    return { ...column, type: isTold(column) ? type : commonType(type, column.type) };
  });
}

function awaited({ file }: FunctionFile): ConfigError {
  return new ConfigError("function.promise", `function: '${file}' gives a promise, and no row`, {
    option: { path: ["function"] },
    hint: "rows are not waited for: look values up before, while the file loads",
  });
}

/** Why a row is refused: what was thrown, and where. */
function reasonOf(error: unknown, { file, path }: FunctionFile): string {
  const line = lineIn(path, error);
  const message = error instanceof Error ? error.message : String(error);
  return `${file}${line === undefined ? "" : `:${line}`}: ${message.slice(0, longestMessage)}`;
}

const longestMessage = 500;

import { type Column, DataError, type Message, type ReadRequest } from "../../../sdk/index.js";
import { scanError } from "../../../sdk/sql/duckdb/scan-errors.js";
import { duckType } from "../../../sdk/sql/duckdb/types.js";
import { deliver } from "../deliver.js";
import { textRows } from "../engine.js";
import { verifyCompressed } from "../files/open-bytes.js";
import type { DataFile } from "../files/source-file.js";
import { filterBatch } from "../filter-batch.js";
import type { ColumnEvidence, FileReader, ReaderContext } from "../reader.js";
import { isOpen } from "../stream-columns.js";
import { floatExactSql, integerDigitsSql, scaleSql, textClassSql } from "../text/text-class-sql.js";
import { textClass } from "../text/text-evidence.js";
import { onlyNullSql, textValueSql } from "../text/text-value-sql.js";
import { type CsvLayout, csvLayout } from "./csv-layout.js";
import { csvColumn, csvRelation } from "./csv-relation.js";
import { csvTypedScan } from "./csv-typed-scan.js";
import { transcode } from "./encoding.js";
import { type CsvGuard, csvGuard } from "./guard/csv-guard.js";
import { csvScan } from "./scan/scan-csv.js";

/** Compressed files up to this size are read to their end before DuckDB reads them, so that a cut one is called cut; larger ones beside it. */
const verifiedFirst = 16 * 1024 * 1024;

/** Reads CSV and TSV files: rows that are plainly written from their bytes or, where the destination scans, by DuckDB behind a guard; any other with DuckDB's reader. */
export function csvReader(reader: ReaderContext): FileReader {
  const options = reader.config.csv;

  /** Files written again as UTF-8, by path and time. */
  const transcoded = new Map<string, Promise<DataFile>>();

  async function open(file: DataFile): Promise<{ layout: CsvLayout; plain: DataFile }> {
    const layout = await csvLayout(file, options);
    if (layout.encoding === undefined) return { layout, plain: file };
    const key = `${file.path}\0${file.size}\0${file.modified}`;
    const plain = transcoded.get(key) ?? transcode(file, layout.encoding, reader.context.workDir);
    transcoded.set(key, plain);
    return { layout, plain: await plain };
  }

  async function evidence(layout: CsvLayout, rows: string): Promise<readonly ColumnEvidence[]> {
    const facts = await textRows(await reader.engine(), evidenceSql(layout, rows));
    return facts.map((fact) => evidenceOf(layout, fact));
  }

  /** Gives the rows that can be read without DuckDB, from the first on; returns how many they were. */
  async function* plainRows(
    file: DataFile,
    layout: CsvLayout,
    columns: readonly Column[],
    request: ReadRequest,
  ): AsyncGenerator<Message, number | "all"> {
    if (request.scans) return 0;
    const filter = request.filter ?? [];
    const batches = csvScan({ layout, options, wanted: wantedOf(columns, request) })?.batches(file, request);
    if (batches === undefined) return 0;
    try {
      for (;;) {
        const next = await batches.next();
        if (next.done === true) return next.value.all ? "all" : next.value.rows;
        const batch = filterBatch(next.value, filter, request.columns);
        if (batch.rows > 0) yield { type: "batch", batch };
      }
    } finally {
      await batches.return({ rows: 0, all: false });
    }
  }

  /** The guard of a scan whose first rows it passes. After a mismatch every text is looked at in SQL, whatever was the matter. */
  async function guardOf(
    file: DataFile,
    layout: CsvLayout,
    columns: readonly Column[],
    request: ReadRequest,
  ): Promise<CsvGuard | undefined> {
    if (!request.scans || request.inference !== "optimistic") return undefined;
    const guard = csvGuard({ layout, options, wanted: wantedOf(columns, request) });
    const passes = guard?.check(file, request.signal, "head").then(
      () => true,
      () => false,
    );
    return (await passes) === true ? guard : undefined;
  }

  return {
    async inspect(file, sampleRows) {
      const { layout, plain } = await open(file);
      if (layout.names.length === 0 || layout.empty) return layout.names.map(emptyColumn);
      const relation = (part: "whole" | "sample") => csvRelation(plain, layout, options, { part });
      const limited = (part: "whole" | "sample") => `(FROM ${relation(part)} LIMIT ${sampleRows})`;
      try {
        if (sampleRows === undefined) return await evidence(layout, relation("whole"));
        // Small buffers do for a look at the first lines, unless a line is longer than they are.
        return await evidence(layout, limited("sample")).catch(() => evidence(layout, limited("whole")));
      } catch (error) {
        throw scanError(error, { origin: file.name });
      }
    },
    async *read(file, { columns, request }) {
      const { layout, plain } = await open(file);
      if (layout.empty) return;
      refuseNewColumns(file, layout, columns);
      const guard = await guardOf(plain, layout, columns, request);
      if (guard !== undefined) {
        yield* csvTypedScan({ reader, guard, file: plain, layout, columns, request });
        return;
      }
      const value = (column: Column) => {
        const index = layout.names.indexOf(column.name);
        if (index < 0) return `CAST(NULL AS ${duckType(column.type)})`;
        const text = csvColumn(index);
        return isOpen(column) ? onlyNullSql(text, column.name) : textValueSql(text, column.type, column.name);
      };
      const relation = csvRelation(plain, layout, options);
      const given = yield* plainRows(plain, layout, columns, request);
      if (given === "all") return;
      const rest = given === 0 ? relation : `(FROM ${relation} OFFSET ${given})`;
      const verified = verifyCompressed(plain, request.signal);
      verified.catch(() => undefined);
      if (plain.size <= verifiedFirst) await verified;
      yield* deliver({ reader, file, relation: rest, columns, value, request });
      await verified;
    },
  };
}

function wantedOf(columns: readonly Column[], { columns: names, filter = [] }: ReadRequest): readonly Column[] {
  const wanted = new Set([...names, ...filter.map(({ column }) => column)]);
  return columns.filter(({ name }) => wanted.has(name));
}

function emptyColumn(name: string): ColumnEvidence {
  return { name, nullable: true, values: { classes: 0, integerDigits: 0, scale: 0, floatExact: true } };
}

/** One row per column: its place, and the evidence of its values. */
function evidenceSql(layout: CsvLayout, rows: string): string {
  const classes = layout.names.map((_, i) => `${textClassSql(csvColumn(i))} AS k${i}`);
  const facts = layout.names.flatMap((_, i) => {
    const [text, found] = [csvColumn(i), `k${i}`];
    const fraction = `${found} IN (${textClass.decimal}, ${textClass.printedFloat})`;
    const number = `(${found} = ${textClass.integer} OR ${fraction})`;
    return [
      `bit_or(${found})`,
      `max(CASE WHEN ${number} THEN ${integerDigitsSql(text)} ELSE 0 END)`,
      `max(CASE WHEN ${fraction} THEN ${scaleSql(text)} ELSE 0 END)`,
      `bool_and(CASE WHEN ${number} OR ${found} = ${textClass.float} THEN ${floatExactSql(text)} ELSE true END)`,
    ].map((fact) => `CAST(${fact} AS VARCHAR)`);
  });
  const lists = layout.names.map((_, i) => `['${i}', ${facts.slice(i * 4, i * 4 + 4).join(", ")}]`);
  return `WITH evidence AS (SELECT unnest([${lists.join(", ")}]) AS fact FROM (SELECT *, ${classes.join(", ")} FROM ${rows}))
    SELECT fact[1], fact[2], fact[3], fact[4], fact[5] FROM evidence`;
}

function evidenceOf(
  layout: CsvLayout,
  [index, classes, integerDigits, scale, floatExact]: readonly (string | null)[],
): ColumnEvidence {
  return {
    name: layout.names[Number(index)]!,
    nullable: true,
    values: {
      classes: Number(classes ?? 0),
      integerDigits: Number(integerDigits ?? 0),
      scale: Number(scale ?? 0),
      floatExact: floatExact !== "false",
    },
  };
}

/** A file that was not looked at when the columns were chosen may have more of them. */
function refuseNewColumns(file: DataFile, layout: CsvLayout, columns: readonly Column[]): void {
  const known = new Set(columns.map((column) => column.name));
  const added = layout.names.find((name) => !known.has(name));
  if (added === undefined) return;
  throw new DataError("type.mismatch", `${file.name} has a column '${added}' that no other file showed`, {
    column: added,
  });
}

import { ConfigError } from "../../../sdk/index.js";
import type { CsvOptions } from "../config.js";
import { headBytes } from "../files/open-bytes.js";
import type { DataFile } from "../files/source-file.js";
import { type CsvSyntax, csvRecords, findDelimiter } from "./csv-records.js";
import { decodeText, encodingOf } from "./encoding.js";

/** How one CSV file is written and which columns it has. */
export interface CsvLayout extends CsvSyntax {
  /** Undefined: UTF-8. */
  readonly encoding: string | undefined;
  /** The columns' names, distinct. */
  readonly names: readonly string[];
  /** Whether the file has no bytes at all. */
  readonly empty: boolean;
}

const inspectedBytes = 1 << 18;

/**
 * Finds the layout from the settings and the first bytes. A column without a name is `column_3`; a name that comes again
 * gets a number: `total`, `total_2`.
 * @throws ConfigError `file.no_columns`, `file.column_count`
 */
export async function csvLayout(file: DataFile, options: CsvOptions): Promise<CsvLayout> {
  const head = await headBytes(file, inspectedBytes);
  const encoding = await encodingOf(head, options.encoding);
  const complete = head.length < inspectedBytes;
  const text = withoutPreamble(await decodeText(head, encoding), options);
  const quoting = { quote: options.quote, escape: options.escape ?? options.quote };
  const delimiter = options.delimiter ?? (file.format === "tsv" ? "\t" : findDelimiter(text, quoting, complete));
  const syntax = { ...quoting, delimiter };
  const first = csvRecords(text, syntax, 1, complete)[0];
  if (first === undefined) {
    if (head.length > 0 && !complete) {
      throw new ConfigError(
        "file.no_columns",
        `${file.name}: the first line does not end within ${inspectedBytes} bytes`,
        {
          hint: "see whether csv.delimiter and csv.quote are right",
        },
      );
    }
    return { ...syntax, encoding, names: options.columns ?? [], empty: true };
  }
  if (options.columns !== undefined && options.columns.length !== first.length) {
    throw new ConfigError(
      "file.column_count",
      `${file.name} has ${first.length} columns, csv.columns names ${options.columns.length}`,
      { hint: "name every column of the file, in order" },
    );
  }
  const given = options.columns ?? (options.header ? first : first.map(() => ""));
  return { ...syntax, encoding, names: distinctNames(given), empty: false };
}

function withoutPreamble(text: string, { skip, comment }: CsvOptions): string {
  let at = 0;
  for (let line = 0; line < skip; line++) at = endOfLine(text, at);
  if (comment !== undefined) while (text.startsWith(comment, at)) at = endOfLine(text, at);
  return text.slice(at);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end + 1;
}

function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names.filter((name) => name !== ""));
  const used = new Set<string>();
  return names.map((given, index) => {
    const name = given === "" ? `column_${index + 1}` : given;
    let distinct = name;
    for (let copy = 2; used.has(distinct) || (distinct !== given && taken.has(distinct)); copy++)
      distinct = `${name}_${copy}`;
    used.add(distinct);
    return distinct;
  });
}

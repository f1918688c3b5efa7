import { DataError, SluiceError } from "../../errors.js";
import type { Scan } from "../../messages.js";
import { quoteLiteral } from "./identifiers.js";

const marker = "sluice-mismatch";
const shownCharacters = 80;

/** A value that is not of the type its column was given. */
export interface Mismatch {
  readonly column: string;
  /** The column's type, as people write it. */
  readonly type: string;
  /** A DuckDB expression: the value's text. */
  readonly text: string;
}

/** A DuckDB expression that raises `type.mismatch` for `text`, as `scanError` reads it; NULL where the text is NULL. */
export function mismatchSql({ column, type, text }: Mismatch): string {
  const facts = quoteLiteral(`${marker} ${JSON.stringify([column, type])} `);
  return `error(${facts} || left(${text}, ${shownCharacters}))`;
}

/**
 * What an error of DuckDB's readers says about the data, naming file, line and column: the DataError to throw in its
 * place. Any other error comes back as it is.
 *
 * | code | when |
 * |---|---|
 * | `type.mismatch` | a value is not of the type its column was given, or JSON that needs a closer look |
 * | `file.columns` | a line with too many or too few values |
 * | `file.quote` | a quoted value that does not end |
 * | `file.encoding` | bytes that are not UTF-8 |
 * | `file.line_too_long` | a line beyond the limit |
 * | `file.damaged` | a file that is cut or not what its format says |
 */
export function scanError(error: unknown, scan: Pick<Scan, "origin">): unknown {
  if (!(error instanceof Error) || (error instanceof SluiceError && !error.code.startsWith("duckdb."))) return error;
  const { message } = error;
  return (
    mismatch(message, scan.origin, error) ??
    badLine(message, scan.origin, error) ??
    badJson(message, scan.origin, error) ??
    damaged(message, scan.origin, error) ??
    error
  );
}

function mismatch(message: string, origin: string, cause: Error): DataError | undefined {
  const at = message.indexOf(`${marker} [`);
  if (at < 0) return undefined;
  const facts = /^\["(?:[^"\\]|\\.)*","(?:[^"\\]|\\.)*"\]/.exec(message.slice(at + marker.length + 1))?.[0];
  if (facts === undefined) return undefined;
  const [column, type] = JSON.parse(facts) as [string, string];
  const text = message.slice(at + marker.length + 1 + facts.length + 1);
  const seemed = type === "null" ? "seemed to be empty" : `seemed to be ${type}`;
  return new DataError("type.mismatch", `${origin}: column '${column}' ${seemed} and holds ${shorten(text)}`, {
    column,
    cause,
    hint: "look at every value before the types are chosen",
  });
}

interface LineProblem {
  readonly pattern: RegExp;
  readonly code: string;
  readonly says: (match: RegExpExecArray) => string;
  readonly hint: string;
}

const lineProblems: readonly LineProblem[] = [
  {
    pattern: /Expected Number of Columns: (\d+) Found: (\d+)/,
    code: "file.columns",
    says: ([, expected, found]) => `has ${found} values, the header ${expected}`,
    hint: "fix the line; `csv: { ragged: pad }` fills lines that are too short with NULL",
  },
  {
    pattern: /unterminated quote/i,
    code: "file.quote",
    says: () => "has a quoted value that does not end, or more after its closing quote",
    hint: "fix the quotes, or set csv.quote and csv.escape as the file was written",
  },
  {
    pattern: /Invalid unicode|not utf-8 encoded/i,
    code: "file.encoding",
    says: () => "has bytes that are not UTF-8",
    hint: "set csv.encoding as the file was written, e.g. windows-1252 or latin1",
  },
  {
    pattern: /Maximum line size of (\d+) bytes exceeded/i,
    code: "file.line_too_long",
    says: ([, limit]) => `is longer than ${limit} bytes`,
    hint: "set csv.max_line_bytes higher; a quote that is never closed also makes a line long",
  },
  {
    pattern: /Error when converting column "(?:[^"]|"")*"\. (.*)/,
    code: "type.mismatch",
    says: ([, why]) => `has a value that is not of its column's type: ${why}`,
    hint: "look at every value before the types are chosen",
  },
  {
    pattern: /CSV Error on Line/,
    code: "file.damaged",
    says: () => "cannot be read",
    hint: "see whether the file is complete, and whether csv.delimiter, csv.quote and csv.escape are right",
  },
];

function badLine(message: string, origin: string, cause: Error): DataError | undefined {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (line === undefined) return undefined;
  const original = /Original Line: ?(.*)/.exec(message)?.[1];
  for (const { pattern, code, says, hint } of lineProblems) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const found = original === undefined || original === "" ? "" : `: ${shorten(original)}`;
    return new DataError(code, `${origin}:${line}: the line ${says(match)}${found}`, {
      row: line,
      cause,
      hint,
    });
  }
  return undefined;
}

/**
 * `JSON transform error in file "f", in line 3: …`, `Malformed JSON in file "f", at byte 5 in line 3: …`. What DuckDB's
 * reader cannot take may still be JSON (half a surrogate pair, a very long record): a closer look decides.
 */
function badJson(message: string, origin: string, cause: Error): DataError | undefined {
  const found = /(?:JSON transform error|Malformed JSON) in file ".*?".*? in (?:line|record\/value) (\d+): (.*)/s.exec(
    message,
  );
  if (found === null && !message.includes("maximum_object_size")) return undefined;
  const place = found === null ? origin : `${origin}:${found[1]}`;
  return new DataError("type.mismatch", `${place}: ${shorten(found?.[2] ?? "a record is too long")}`, {
    cause,
    hint: "look at every value before the types are chosen",
    ...(found === null ? {} : { row: found[1]! }),
  });
}

const damages = [
  /No magic bytes found|Invalid Parquet|not a Parquet file|too small to be a Parquet/i,
  /Failed to (?:decode|decompress|read).*(?:gzip|zstd|page)|Failed to decode GZIP|ZSTD|gzip block|Unexpected end of (?:file|stream)/i,
  /corrupt|premature end|TProtocolException|Invalid data/i,
];

function damaged(message: string, origin: string, cause: Error): DataError | undefined {
  if (!damages.some((pattern) => pattern.test(message))) return undefined;
  return new DataError("file.damaged", `${origin}: the file is damaged or incomplete: ${firstLine(message)}`, {
    cause,
    hint: "copy the file again, or wait until its writer has finished",
  });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}

function shorten(text: string): string {
  const line = firstLine(text);
  return line.length > shownCharacters ? `'${line.slice(0, shownCharacters)}…'` : `'${line}'`;
}

import { DataError } from "../../errors.js";

/** How CSV is read, for `csv-parse`: the first line has the names. */
export function csvOptions(delimiter: string) {
  return { columns: true, bom: true, delimiter, skip_empty_lines: true, cast } as const;
}

/** An empty field is null, as in every CSV we read; a quoted empty one is a text. */
function cast(value: string, { quoting, header }: { quoting: boolean; header: boolean }): string | null {
  return value === "" && !quoting && !header ? null : value;
}

export function notCsv(cause: unknown): DataError {
  return new DataError("http.not_csv", `the answer is not CSV: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  });
}

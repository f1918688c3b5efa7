import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";

export interface CsvOptions {
  readonly delimiter: string;
  /** Values that mean null. */
  readonly nulls: ReadonlySet<string>;
}

/** The rows of a CSV text by the names in its first line. Missing values are null; what is too much stands under null. */
export function* csvRows(text: string, { delimiter, nulls }: CsvOptions): Generator<PyDict, void> {
  let names: readonly string[] | undefined;
  for (const fields of records(text, delimiter)) {
    if (names === undefined) {
      names = fields;
      continue;
    }
    if (fields.length === 0) continue;
    const row = pyDict();
    names.forEach((name, i) => {
      const value = fields[i];
      row.set(name, value === undefined || nulls.has(value) ? null : value);
    });
    if (fields.length > names.length) row.set(null, fields.slice(names.length) as PyValue[]);
    yield row;
  }
}

/** The fields of each record, as Python's `excel` dialect: quotes doubled within quotes; an empty line has none. */
function* records(text: string, delimiter: string): Generator<string[], void> {
  let fields: string[] = [];
  let field = "";
  let quoted = false;
  let any = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && field === "") {
      quoted = true;
      any = true;
    } else if (character === delimiter) {
      fields.push(field);
      field = "";
      any = true;
    } else if (character === "\n" || character === "\r") {
      if (character === "\r" && text[at + 1] === "\n") at++;
      yield any || field !== "" ? [...fields, field] : [];
      fields = [];
      field = "";
      any = false;
    } else field += character;
  }
  if (any || field !== "") yield [...fields, field];
}

/** What separates and encloses the values of a CSV text. Empty `quote`: no value is quoted. */
export interface CsvSyntax {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
}

/** The first records of a CSV text, at most `limit`; an unfinished last one is left out unless `complete`. */
export function csvRecords(
  text: string,
  { delimiter, quote, escape: escaping }: CsvSyntax,
  limit: number,
  complete: boolean,
): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let value = "";
  let quoted = false;
  let at = 0;
  const endRecord = () => {
    record.push(value);
    if (record.length > 1 || value !== "") records.push(record);
    record = [];
    value = "";
  };
  while (at < text.length && records.length < limit) {
    if (quoted) {
      if (escaping !== "" && text.startsWith(escaping, at) && text.startsWith(quote, at + escaping.length)) {
        value += quote;
        at += escaping.length + quote.length;
      } else if (text.startsWith(quote, at)) {
        quoted = false;
        at += quote.length;
      } else value += text[at++];
    } else if (quote !== "" && value === "" && text.startsWith(quote, at)) {
      quoted = true;
      at += quote.length;
    } else if (text.startsWith(delimiter, at)) {
      record.push(value);
      value = "";
      at += delimiter.length;
    } else if (text[at] === "\n" || text[at] === "\r") {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      endRecord();
    } else value += text[at++];
  }
  if (complete && records.length < limit && (record.length > 0 || value !== "")) endRecord();
  return records;
}

const delimiters = [",", "\t", ";", "|"];

/** The delimiter that cuts the first records into the same number of values, and the most of them; a comma where none does. */
export function findDelimiter(text: string, syntax: Omit<CsvSyntax, "delimiter">, complete: boolean): string {
  let best = { delimiter: ",", even: 0, values: 1 };
  for (const delimiter of delimiters) {
    const records = csvRecords(text, { ...syntax, delimiter }, 100, complete);
    const values = records[0]?.length ?? 1;
    if (values < 2) continue;
    const even = records.filter((record) => record.length === values).length / records.length;
    if (even > best.even || (even === best.even && values > best.values)) best = { delimiter, even, values };
  }
  return best.delimiter;
}

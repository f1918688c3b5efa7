import { DataError } from "../../errors.js";
import { csvOptions, notCsv } from "./csv-options.js";
import type { BodyOptions } from "./decode-body.js";
import { jsonLine } from "./json-line.js";
import { type Chunks, gunzipped, unzipped } from "./unpack-chunks.js";
import { zipMembers } from "./unzip.js";

/** What of a body is a list by itself: its records follow one another in its text. */
export interface ListBody {
  readonly format: "jsonl" | "csv";
  readonly unpack: BodyOptions["unpack"];
  readonly delimiter: string;
  /** Of the text: `utf-8`. */
  readonly encoding: string;
  /** As much as may be held at once: a record, or an archive as it is packed. */
  readonly mostBytes: number;
  /** Makes the error for what is more. */
  readonly tooMuch: () => Error;
}

/** Records are given out when so much of the text was read. */
const portionCharacters = 1024 * 1024;

/**
 * The records of JSON lines or CSV while their bytes come, in portions: of a gzip file too, and of the files of an archive,
 * which is held as it is packed.
 * @throws DataError `http.not_json`, `http.not_csv`, `http.not_gzip`, `http.not_zip`, `http.encoding`; and what the bytes' source throws
 */
export async function* listRecords(chunks: Chunks, body: ListBody): AsyncGenerator<unknown[]> {
  for await (const file of filesOf(chunks, body)) {
    const text = decodedText(file, body.encoding);
    yield* body.format === "csv" ? csvRecords(text, body) : lineRecords(text, body);
  }
}

async function* filesOf(chunks: Chunks, { unpack, mostBytes, tooMuch }: ListBody): AsyncGenerator<Chunks> {
  if (unpack === undefined) yield chunks;
  else if (unpack === "gzip") yield gunzipped(chunks);
  else {
    const held: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw tooMuch();
      held.push(chunk);
    }
    for (const member of zipMembers(Buffer.concat(held, bytes))) yield unzipped(member);
  }
}

async function* decodedText(chunks: Chunks, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new DataError("http.encoding", `the answer has bytes that are not ${encoding.toUpperCase()}`, {
        hint: "the server must say in its content type what encoding it uses",
        cause,
      });
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

async function* lineRecords(text: AsyncIterable<string>, { mostBytes, tooMuch }: ListBody): AsyncGenerator<unknown[]> {
  let [open, number, characters] = ["", 0, 0];
  let records: unknown[] = [];
  const take = (line: string) => {
    number += 1;
    if (line.trim() !== "") records.push(jsonLine(line, number));
  };
  for await (const piece of text) {
    const lines = piece.split("\n");
    const last = lines.pop()!;
    for (const [i, line] of lines.entries()) take(i === 0 ? open + line : line);
    open = lines.length === 0 ? open + last : last;
    if (open.length > mostBytes) throw tooMuch();
    characters += piece.length;
    if (characters < portionCharacters || records.length === 0) continue;
    yield records;
    [records, characters] = [[], 0];
  }
  take(open);
  if (records.length > 0) yield records;
}

async function* csvRecords(
  text: AsyncIterable<string>,
  { delimiter, mostBytes, tooMuch }: ListBody,
): AsyncGenerator<unknown[]> {
  const { parse } = await import("csv-parse");
  const parser = parse({ ...csvOptions(delimiter), max_record_size: mostBytes });
  let failure: Error | undefined;
  let records: unknown[] = [];
  parser.on("error", (error) => {
    failure ??= error;
  });
  parser.on("readable", () => {
    for (let record = parser.read(); record !== null; record = parser.read()) records.push(record);
  });
  const failed = (error: Error) =>
    "code" in error && error.code === "CSV_MAX_RECORD_SIZE" ? tooMuch() : notCsv(error);
  let characters = 0;
  for await (const piece of text) {
    await new Promise<void>((resolve) => parser.write(piece, () => resolve()));
    if (failure !== undefined) throw failed(failure);
    characters += piece.length;
    if (characters < portionCharacters || records.length === 0) continue;
    yield records;
    [records, characters] = [[], 0];
  }
  await new Promise<void>((resolve) => {
    parser.once("close", resolve);
    parser.end();
  });
  if (failure !== undefined) throw failed(failure);
  if (records.length > 0) yield records;
}

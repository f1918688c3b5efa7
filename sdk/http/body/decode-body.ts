import { gunzipSync } from "node:zlib";
import { DataError } from "../../errors.js";
import { type HttpResponse, httpResponse } from "../response.js";
import { csvOptions, notCsv } from "./csv-options.js";
import { jsonLine } from "./json-line.js";

/** What an answer's body is made of. */
export type BodyFormat = "json" | "jsonl" | "csv" | "xml";

export interface BodyOptions {
  readonly format?: BodyFormat;
  /** The body is a file packed by itself, beside what the transfer does: the files of a zip are read one after another. */
  readonly unpack?: "gzip" | "zip";
  /** Of CSV: `,`. */
  readonly delimiter?: string;
}

/**
 * The value in a body: for JSON the document, for JSON lines and CSV the list of records, for XML the document as an
 * object. Values of CSV and XML are text.
 * @param mostBytes that unpacking may make of it
 * @throws DataError `http.not_*`, naming the line
 */
export async function decodeBody(
  response: HttpResponse,
  { format = "json", unpack, delimiter = "," }: BodyOptions,
  mostBytes: number,
): Promise<unknown> {
  const files = unpack === undefined ? [response] : await unpacked(response, unpack, mostBytes);
  switch (format) {
    case "json":
      return files.length === 1 ? files[0]!.json() : files.map((file) => file.json());
    case "jsonl":
      return files.flatMap((file) => jsonLines(file.text()));
    case "csv": {
      const lists = await Promise.all(files.map((file) => csvRecords(file.text(), delimiter)));
      return lists.flat();
    }
    case "xml": {
      const { parseXml } = await import("./parse-xml.js");
      return files.length === 1 ? parseXml(files[0]!.text()) : files.map((file) => parseXml(file.text()));
    }
  }
}

async function unpacked(response: HttpResponse, how: "gzip" | "zip", mostBytes: number): Promise<HttpResponse[]> {
  const bytes = Buffer.from(response.bytes.buffer, response.bytes.byteOffset, response.bytes.byteLength);
  if (how === "zip") {
    const { unzip } = await import("./unzip.js");
    return unzip(bytes, mostBytes).map((entry) => httpResponse(response, entry.bytes));
  }
  try {
    return [httpResponse(response, gunzipSync(bytes, { maxOutputLength: mostBytes }))];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      const mebibytes = Math.floor(mostBytes / 1024 / 1024);
      throw new DataError("http.body_too_large", `the answer is larger than ${mebibytes} MiB when it is unpacked`, {
        hint: "ask for smaller pages, or raise --max-memory",
        cause,
      });
    }
    throw new DataError("http.not_gzip", "the answer is no gzip file or a damaged one", { cause });
  }
}

function jsonLines(text: string): unknown[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    return [jsonLine(line, i + 1)];
  });
}

async function csvRecords(text: string, delimiter: string): Promise<Record<string, string | null>[]> {
  const { parse } = await import("csv-parse/sync");
  try {
    return parse(text, csvOptions(delimiter));
  } catch (cause) {
    throw notCsv(cause);
  }
}

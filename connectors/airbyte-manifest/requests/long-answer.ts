import { DataError, TransientError } from "../../../sdk/errors.js";
import { recordSplitter } from "../../../sdk/json/split-records.js";
import type { Answer, LongBody } from "./answer.js";
import { type ListForm, type LongForm, wholeBodyBytes } from "./long-form.js";
import { listParts } from "./long-list.js";

const partBytes = 1024 * 1024;

export interface LongBodyOptions {
  readonly start: Buffer;
  /** What comes behind the start; undefined where nothing does. */
  readonly following: AsyncGenerator<Buffer> | undefined;
  readonly form: LongForm;
  /** As much as may be held of it at once. */
  readonly maxBytes: number;
}

/** The parts of a body; no more is held of it than one part, one record, and what is beside the records. */
export function longBody(head: Head, options: LongBodyOptions): LongBody {
  const { form } = options;
  return form.format === "json" ? jsonBody(head, options, form.path) : listBody(head, options, form);
}

type Head = Omit<Answer, "body" | "long">;

/** What was read already and what comes, in pieces that are not long. */
async function* pieces({ start, following }: LongBodyOptions): AsyncGenerator<Buffer> {
  try {
    for (let at = 0; at < start.length; at += partBytes) yield start.subarray(at, at + partBytes);
    if (following !== undefined) yield* following;
  } finally {
    await following?.return(undefined);
  }
}

function listBody(head: Head, options: LongBodyOptions, form: ListForm): LongBody {
  const { host, pathname } = new URL(head.url);
  const { maxBytes } = options;
  let last: Uint8Array = Buffer.alloc(0);
  async function* parts(): AsyncGenerator<Answer> {
    const list = { form, partBytes, maxBytes, tooMuch: () => tooLong(`${host}${pathname}`, maxBytes) };
    for await (const body of listParts(pieces(options), list)) {
      last = body;
      yield { ...head, body };
    }
  }
  return { parts: parts(), rest: () => ({ ...head, body: last }) };
}

function jsonBody(head: Head, options: LongBodyOptions, path: readonly string[]): LongBody {
  const { maxBytes } = options;
  const { host, pathname } = new URL(head.url);
  // Each part is a document of its own, with its records where they are in the whole.
  const before = `${path.map((key) => `{${JSON.stringify(key)}:`).join("")}[`;
  const splitter = recordSplitter({
    path,
    portionBytes: partBytes,
    mostBytes: maxBytes,
    tooMuch: () => tooLong(`${host}${pathname}`, maxBytes),
    frame: { before, after: `]${"}".repeat(path.length)}` },
  });

  async function* parts(): AsyncGenerator<Answer> {
    for await (const chunk of pieces(options)) yield* taken(chunk);
    if (!splitter.isWhole) throw new TransientError("http.body_cut", `the answer of ${host}${pathname} breaks off`);
    if (splitter.lists > 1) throw twice(`${host}${pathname}`, path);
    const last = splitter.end();
    if (last !== undefined) yield { ...head, body: lasting(last) };
    // Without a list there the body says by itself what it holds.
    if (splitter.lists === 0) yield { ...head, body: splitter.rest() };
  }

  function* taken(chunk: Buffer): Generator<Answer> {
    const list = splitter.push(chunk);
    if (list !== undefined) yield { ...head, body: lasting(list) };
  }

  /** A part is so long only by one record, which stays bytes: also when the next ones come. */
  function lasting(list: Buffer): Buffer {
    if (list.length <= wholeBodyBytes) return list;
    const copy = Buffer.from(list);
    splitter.drop();
    return copy;
  }

  return { parts: parts(), rest: () => ({ ...head, body: splitter.rest() }) };
}

/** The answers that an answer consists of: itself, unless it is a long one. */
export async function* partsOf(answer: Answer): AsyncGenerator<Answer> {
  if (answer.long === undefined) yield answer;
  else yield* answer.long.parts;
}

/** What is known of an answer once its parts were read. */
export function readAnswer(answer: Answer): Answer {
  return answer.long?.rest() ?? answer;
}

function twice(place: string, path: readonly string[]): DataError {
  return new DataError("manifest.records", `the answer of ${place} has two lists at ${path.join(".")}`);
}

function tooLong(place: string, bytes: number): DataError {
  const mebibytes = Math.floor(bytes / 1024 / 1024);
  return new DataError(
    "http.body_too_large",
    `a record in the answer of ${place}, or what is beside the records, is larger than ${mebibytes} MiB`,
    { hint: "raise --max-memory" },
  );
}

import { DataError, TransientError } from "../../../sdk/errors.js";
import { recordSplitter } from "../../../sdk/json/split-records.js";
import type { Answer, LongBody } from "./answer.js";

/** Bodies up to this size are taken whole. */
export const wholeBodyBytes = 8 * 1024 * 1024;
const partBytes = 1024 * 1024;

export interface LongBodyOptions {
  readonly start: Buffer;
  readonly following: AsyncGenerator<Buffer>;
  /** The keys that lead to the records. */
  readonly path: readonly string[];
  /** As much as may be held of it at once. */
  readonly maxBytes: number;
}

/** The parts of a body; no more is held of it than one part, one record, and what is beside the records. */
export function longBody(head: Omit<Answer, "body" | "long">, options: LongBodyOptions): LongBody {
  const { start, following, path, maxBytes } = options;
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
    try {
      for (let at = 0; at < start.length; at += partBytes) yield* taken(start.subarray(at, at + partBytes));
      for await (const chunk of following) yield* taken(chunk);
    } finally {
      await following.return(undefined);
    }
    if (!splitter.isWhole) throw new TransientError("http.body_cut", `the answer of ${host}${pathname} breaks off`);
    if (splitter.lists > 1) throw twice(`${host}${pathname}`, path);
    const last = splitter.end();
    if (last !== undefined) yield { ...head, body: last };
    // Without a list there the body says by itself what it holds.
    if (splitter.lists === 0) yield { ...head, body: splitter.rest() };
  }

  function* taken(chunk: Buffer): Generator<Answer> {
    const list = splitter.push(chunk);
    if (list !== undefined) yield { ...head, body: list };
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

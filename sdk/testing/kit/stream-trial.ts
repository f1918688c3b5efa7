import type { Json } from "../../json.js";
import { type Stream, streamId } from "../../schema/stream.js";
import type { OpenSource, ReadRequest } from "../../source.js";
import { type CanonicalRow, sortedRows } from "../canonical-rows.js";
import { readRequest, readStream, type StreamRead } from "../read-stream.js";
import type { Bench, Trial, TrialOptions } from "./subject.js";
import { Finding, NotApplicable } from "./verdict.js";

/** One stream of a subject, read once in full. */
export interface StreamTrial {
  readonly bench: Bench;
  readonly stream: Stream;
  readonly whole: StreamRead;
  /** Opens the connector, and closes it whatever happens. */
  open<T>(
    body: (source: OpenSource, request: (overrides?: Partial<ReadRequest>) => ReadRequest, trial: Trial) => Promise<T>,
    options?: TrialOptions,
  ): Promise<T>;
}

export function streamTrial(bench: Bench, stream: Stream, whole: StreamRead): StreamTrial {
  return {
    bench,
    stream,
    whole,
    open: (body, options) =>
      bench.open((source, trial) => body(source, (overrides) => readRequest(stream, overrides), trial), options),
  };
}

/** Small batches, so that there is much to see of a short stream. */
export const smallBatches = { rows: 2, bytes: 1024 * 1024 };

/** The rows of one read are not those of another: says which are missing and which are there too often. */
export function expectSameRows(found: readonly CanonicalRow[], wanted: readonly CanonicalRow[], where: string): void {
  const missing = minus(wanted, found);
  const extra = minus(found, wanted);
  if (missing.length === 0 && extra.length === 0) return;
  const parts = [
    ...(missing.length === 0 ? [] : [`${counted(missing.length)} missing, such as ${shown(missing[0]!)}`]),
    ...(extra.length === 0 ? [] : [`${counted(extra.length)} too many, such as ${shown(extra[0]!)}`]),
  ];
  throw new Finding(`${where}: ${parts.join("; ")}`);
}

function counted(rows: number): string {
  return rows === 1 ? "a row is" : `${rows} rows are`;
}

function minus(rows: readonly CanonicalRow[], others: readonly CanonicalRow[]): CanonicalRow[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(key(row)) ?? 0;
    counts.set(key(row), left - 1);
    return left <= 0;
  });
}

function key(row: CanonicalRow): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function shown(value: Json | CanonicalRow): string {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** Each row once. */
export function distinct(rows: readonly CanonicalRow[]): CanonicalRow[] {
  const sorted = sortedRows(rows);
  return sorted.filter((row, i) => i === 0 || key(row) !== key(sorted[i - 1]!));
}

/** A read that must end well, with its failure told as a finding. */
export async function readAll(source: OpenSource, request: ReadRequest): Promise<StreamRead> {
  try {
    return await readStream(source, request);
  } catch (error) {
    if (error instanceof NotApplicable) throw error;
    const { code, message, hint } = error as Error & { readonly code?: string; readonly hint?: string };
    const advice = hint === undefined ? "" : ` (${hint})`;
    throw new Finding(`${streamId(request.stream)} cannot be read: ${message}${advice}${code ? ` [${code}]` : ""}`);
  }
}

/** What a promise does within a time. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Finding(`${what} did not end within ${ms / 1000} seconds`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

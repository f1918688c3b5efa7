import type { BytesVector } from "../../sdk/batch/vector.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type ByteSink, byteSink, reserve } from "../../sdk/sql/duckdb/byte-sink.js";
import { type DistinctTexts, distinctTexts, everyText, isFull } from "./distinct-texts.js";
import type { ExpressionEngine } from "./engine.js";
import type { BoundSql } from "./stages.js";

/** Masks the texts of one column, batch by batch. */
export interface TextMask {
  /**
   * The masks of rows [0, rows), in buffers of their own but for the nulls; empty texts for rows that are not wanted. Calls
   * may overlap.
   */
  apply(given: BytesVector, rows: number, wanted: Uint8Array | undefined): Promise<BytesVector>;
  close(): Promise<void>;
}

/** Of more texts than these in a batch no mask is remembered, where half of them are new. */
const fewTexts = 1024;

/**
 * Has the engine mask texts. A column of few values, as a status is, has each of them masked once: a hash costs many times
 * what it takes to find a text again. Where texts turn out not to repeat they are no longer looked up.
 * @param ofText SQL of the mask over `column`, which gives the texts
 */
export async function textMask(engine: ExpressionEngine, column: Column, ofText: BoundSql): Promise<TextMask> {
  const parameters: Parameters<Parameters<BoundSql>[0]>[0][] = [];
  const relation = engine.relationName();
  const masked = ofText((value) => `$${parameters.push(value)}`);
  const sql = `SELECT ${masked} FROM ${relation}()`;
  const transform = await (await engine.calculator()).transform({ relation, columns: [column], sql, parameters });
  let repeats = true;
  let known = distinctTexts();
  let masks = byteSink(0, 0);

  async function maskNew({ texts }: DistinctTexts): Promise<void> {
    const from = masks.rows;
    const rows = texts.rows - from;
    if (rows === 0) return;
    const news = { ...texts, layout: "bytes" as const, offsets: texts.offsets.subarray(from), validity: undefined };
    const [made] = (await transform.apply({ rows, vectors: [news] })) as [BytesVector];
    appendAll(masks, made, rows);
  }

  async function apply(given: BytesVector, rows: number, wanted: Uint8Array | undefined): Promise<BytesVector> {
    if (!repeats || isFull(known.texts)) {
      known = repeats ? distinctTexts() : everyText();
      masks = byteSink(0, 0);
    }
    const before = known.texts.rows;
    const numbers = known.number(given, rows, wanted);
    await maskNew(known);
    const found = known.texts.rows - before;
    repeats &&= found < fewTexts || found * 2 < rows;
    return { ...gathered(masks, numbers), layout: "bytes", validity: given.validity };
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    apply(given, rows, wanted) {
      // What is remembered belongs to one call at a time.
      const next = last.then(() => apply(given, rows, wanted));
      last = next.catch(() => undefined);
      return next;
    },
    close: () => transform.close(),
  };
}

function appendAll(sink: ByteSink, { offsets, data }: BytesVector, rows: number): void {
  const [start, end] = [offsets[0]!, offsets[rows]!];
  reserve(sink, rows, end - start);
  sink.data.set(data.subarray(start, end), sink.length);
  for (let row = 1; row <= rows; row++) sink.offsets[sink.rows + row] = sink.length + offsets[row]! - start;
  sink.rows += rows;
  sink.length += end - start;
}

/** The texts of these numbers one after the other; an empty one for -1. */
function gathered(from: ByteSink, numbers: Int32Array): Pick<BytesVector, "offsets" | "data"> {
  const offsets = new Int32Array(numbers.length + 1);
  for (let row = 0, end = 0; row < numbers.length; row++) {
    const number = numbers[row]!;
    if (number >= 0) end += from.offsets[number + 1]! - from.offsets[number]!;
    offsets[row + 1] = end;
  }
  const bytes = offsets[numbers.length]!;
  // Copied by words, the last of which may reach over the end.
  const data = new Uint8Array(bytes + wordBytes);
  const view = new DataView(data.buffer);
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row]!;
    if (number < 0) continue;
    const end = from.offsets[number + 1]!;
    let to = offsets[row]!;
    for (let at = from.offsets[number]!; at < end; at += wordBytes, to += wordBytes) {
      view.setInt32(to, from.view.getInt32(at, true), true);
    }
  }
  return { offsets, data: data.subarray(0, bytes) };
}

const wordBytes = 4;

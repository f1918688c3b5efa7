import {
  type Checkpoint,
  checkpoint,
  type Http,
  type JsonObject,
  memberOfEach,
  type Page,
  type PageOptions,
  timeWindows,
} from "../../sdk/index.js";
import { type CursorValue, compareCursors, timeOf, writtenSince, writtenTime } from "./cursor-value.js";
import { firstPageOf, nextPageOf } from "./paginate-config.js";
import type { CursorConfig, StreamConfig } from "./stream-config.js";
import { filled, filledText } from "./template.js";

export interface ListRead {
  readonly http: Http;
  readonly stream: StreamConfig;
  /** Whose list it is. */
  readonly parent: JsonObject | undefined;
  /** As the last checkpoint had it: `cursor`, the greatest value of all that was read. */
  readonly state: JsonObject | undefined;
  readonly lookback: number | undefined;
}

/** The records of one list from where its state stands, with checkpoints where it has a cursor. */
export async function* readList(read: ListRead): AsyncGenerator<readonly JsonObject[] | Checkpoint> {
  const { cursor } = read.stream;
  if (cursor === undefined) yield* pages(read, {});
  else if (cursor.until_param !== undefined) yield* readWindows(read, cursor);
  else yield* readSince(read, cursor);
}

async function* readSince(read: ListRead, cursor: CursorConfig): AsyncGenerator<readonly JsonObject[] | Checkpoint> {
  const since = (read.state?.cursor ?? cursor.start) as CursorValue | undefined;
  let greatest = since;
  const written = since === undefined ? undefined : writtenSince(since, cursor, read.lookback);
  const parameters = cursor.param === undefined || written === undefined ? {} : { [cursor.param]: written };
  for await (const page of pages(read, parameters)) {
    const values = memberOfEach(page, cursor.field);
    for (const value of values) greatest = later(value, greatest);
    const isOld = (value: unknown) => cursor.param === undefined && written !== undefined && isBefore(value, written);
    yield values.some(isOld) ? page.filter((_, i) => !isOld(values[i])) : page;
    if (cursor.order === "ascending" && greatest !== undefined) yield checkpoint({ cursor: greatest });
  }
  yield checkpoint({ cursor: greatest });
}

/** A window of time after another, each covered when it was read. The last ends now, and what comes later begins there. */
async function* readWindows(read: ListRead, cursor: CursorConfig): AsyncGenerator<readonly JsonObject[] | Checkpoint> {
  const { param, until_param, step, granularity, format } = cursor;
  const since = timeOf(read.state?.cursor ?? cursor.start)! - (read.state === undefined ? 0 : (read.lookback ?? 0));
  const windows = timeWindows({
    from: since,
    to: Date.now(),
    granularityMs: granularity,
    ...(step && { stepMs: step }),
  });
  for (const { from, to } of windows) {
    yield* pages(read, { [param!]: writtenTime(from, format), [until_param!]: writtenTime(to, format) });
    yield checkpoint({ cursor: writtenTime(to, "iso") });
  }
}

function pages(
  { http, stream, parent }: ListRead,
  parameters: Readonly<Record<string, CursorValue>>,
): AsyncIterable<Page> {
  const { method, records, paginate, json, format, unpack, delimiter } = stream;
  const first = firstPageOf(paginate);
  const options: PageOptions = {
    method,
    passedOn: true,
    query: { ...filled(stream.query, parent), ...parameters, ...first.query },
    headers: stream.headers,
    decode: { format, ...(unpack && { unpack }), ...(delimiter && { delimiter }) },
    ...(json === undefined ? {} : { json: { ...filled(json, parent), ...(first.json as JsonObject) } }),
    ...(records === undefined ? {} : { records }),
    ...(paginate === undefined ? {} : { next: nextPageOf(paginate) }),
  };
  return http.pages(filledText(stream.path, parent, encodeURIComponent), options);
}

/** Not so for a row without a cursor, which may be new. */
function isBefore(value: unknown, since: CursorValue): boolean {
  return (typeof value === "string" || typeof value === "number") && compareCursors(value, since) < 0;
}

function later(value: unknown, greatest: CursorValue | undefined): CursorValue | undefined {
  if ((typeof value !== "string" && typeof value !== "number") || value === greatest) return greatest;
  return greatest === undefined || compareCursors(value, greatest) > 0 ? value : greatest;
}

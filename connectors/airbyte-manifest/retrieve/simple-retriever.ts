import { DataError } from "../../../sdk/errors.js";
import { lastContent } from "../../../sdk/http/paginate/last-content.js";
import type { SliceFollower } from "../cursors/cursor.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import type { Component } from "../load/fields.js";
import type { Page, Paginator } from "../paginate/paginator.js";
import { type Answer, isOk } from "../requests/answer.js";
import { partsOf, readAnswer } from "../requests/long-answer.js";
import { mergeOptions } from "../requests/merge-options.js";
import type { OptionsProvider } from "../requests/options-provider.js";
import type { OptionPlace } from "../requests/request-option.js";
import type { Requester } from "../requests/requester.js";
import type { RecordSelector, Tally } from "../select/record-selector.js";
import type { Slice } from "../slices/slice.js";
import { createPageReset } from "./page-reset.js";
import type { PropertyChunks } from "./property-chunks.js";
import { readWithProperties } from "./read-with-properties.js";
import type { Retriever } from "./retriever.js";

export interface SimpleRetrieverOptions {
  readonly requester: Requester;
  /** A page that is the same as the one before is an error. */
  readonly refusesRepeats: boolean;
  readonly paginator: Paginator;
  readonly selector: RecordSelector;
  /** What partitions and cursor add to requests. */
  readonly slicing: OptionsProvider;
  /** Requests for later pages carry nothing of the slice. */
  readonly onlyFirstPageSliced: boolean;
  readonly reset?: Component | undefined;
  readonly follow: () => SliceFollower | undefined;
  /** A feed's records that lie before the cursor are left out, after the pages have ended by them. */
  readonly keeps?: ((record: PyDict, slice: Slice) => boolean) | undefined;
  readonly properties?: PropertyChunks | undefined;
  /** The answer that a slice brings along, in place of a request for its first page. */
  readonly firstAnswer?: ((slice: Slice) => Answer | undefined) | undefined;
}

function repeated({ url }: Answer): DataError {
  const { host, pathname } = new URL(url);
  return new DataError("manifest.page_repeated", `a page of ${host}${pathname} is the same as the page before`, {
    hint: "check how the manifest's paginator asks for the next page: the server does not seem to know that parameter",
  });
}

/** A SimpleRetriever: page after page of one slice. */
export function createSimpleRetriever(options: SimpleRetrieverOptions): Retriever {
  const { requester, paginator, selector, slicing } = options;

  function send(slice: Slice, token: PyValue | undefined) {
    const carriesSlice = token === undefined || !options.onlyFirstPageSliced;
    const extra = (place: OptionPlace) =>
      mergeOptions(
        [paginator.options(place, slice, token), carriesSlice ? slicing.options(place, slice, token) : undefined],
        place === "body_json",
      );
    return requester.send({ slice, nextPageToken: token, path: paginator.path(token), extra });
  }

  async function* pages(original: Slice, schema: PyDict): AsyncGenerator<PyDict, void> {
    const reset = createPageReset(options.reset, options.follow);
    let slice = original;
    let token = paginator.firstToken;
    let brought = options.firstAnswer?.(original);
    const isRepeat = lastContent();
    for (;;) {
      let size = 0;
      const tally: Tally = { extracted: 0 };
      let lastRecord: PyDict | undefined;
      const seen = (record: PyDict): PyDict => {
        reset.observe(record, original);
        size += 1;
        lastRecord = record;
        return record;
      };
      let sent: Awaited<ReturnType<typeof send>>;
      if (options.properties === undefined) {
        sent = brought === undefined ? await send(slice, token) : { answer: brought };
        brought = undefined;
        if (sent !== "reset_pagination" && isOk(sent.answer)) {
          for await (const part of partsOf(sent.answer)) {
            for (const record of selector.select(part, original, schema, tally)) yield seen(record);
          }
        }
      } else {
        const read = readWithProperties(
          options.properties,
          slice,
          (chunked) => send(chunked, token),
          (answer) => {
            tally.extracted = 0;
            return selector.select(answer, original, schema, tally);
          },
        );
        let step = await read.next();
        for (; step.done !== true; step = await read.next()) yield seen(step.value);
        sent = step.value;
      }
      if (sent === "reset_pagination" || reset.isFull()) {
        slice = reset.restart(slice, original);
        token = paginator.firstToken;
        continue;
      }
      if (!isOk(sent.answer)) return;
      const answer = readAnswer(sent.answer);
      if (options.refusesRepeats && isRepeat(tally.extracted === 0 ? undefined : answer.body)) throw repeated(answer);
      const page: Page = { answer, size, extracted: tally.extracted, lastRecord, slice: original, token };
      token = paginator.next(page);
      if (token === undefined) return;
    }
  }

  return {
    async *read(slice, schema) {
      for await (const record of pages(slice, schema)) {
        if (options.keeps === undefined || options.keeps(record, slice)) yield record;
      }
    },
  };
}

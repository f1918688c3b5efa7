import { ConfigError } from "../../../../sdk/errors.js";
import type { Cursor } from "../../cursors/cursor.js";
import { createDecoder, type Decoder } from "../../decode/decoder.js";
import { pyDict } from "../../jinja/values/dict.js";
import type { PyDict, PyValue } from "../../jinja/values/value.js";
import { type Component, child, parametersOf, requiredChild, text } from "../../load/fields.js";
import { createPaginator } from "../../paginate/default-paginator.js";
import { buildRequester } from "../../requests/build-requester.js";
import { noOptions } from "../../requests/options-provider.js";
import type { Requester } from "../../requests/requester.js";
import type { Runtime } from "../../runtime.js";
import { createExtractor, type Extractor } from "../../select/extractor.js";
import { longForm } from "../../select/long-form.js";
import { createRecordSelector } from "../../select/record-selector.js";
import type { Transformation } from "../../select/transform/record-change.js";
import type { Slice } from "../../slices/slice.js";
import type { Retriever } from "../retriever.js";
import { createSimpleRetriever } from "../simple-retriever.js";
import { answerTo, answerVariable, type Job, jobSlice, statusOf } from "./job.js";
import { runJobs } from "./run-jobs.js";

export interface AsyncOptions {
  readonly runtime: Runtime;
  readonly maxBytes: number;
  readonly transformations: readonly Transformation[];
  readonly cursor: Cursor;
}

/** An AsyncRetriever: the API makes the data of each slice in a job, and it is downloaded once the job is done. */
export function buildAsyncRetriever(
  component: Component,
  options: AsyncOptions,
): { readonly retriever: Retriever; readonly cursor: Cursor } {
  const { runtime, maxBytes, cursor } = options;
  const requester = (name: string): Requester | undefined => {
    const own = child(component, name);
    return own === undefined ? undefined : buildRequester(own, runtime);
  };
  const needed = (name: string) => buildRequester(requiredChild(component, name), runtime);
  const creation = needed("creation_requester");
  const polling = needed("polling_requester");
  const abort = requester("abort_requester");
  const deletion = requester("delete_requester");
  const decoder = createDecoder(child(component, "decoder"), maxBytes);
  const status = createExtractor(requiredChild(component, "status_extractor"), decoder, runtime);
  const mapping = requiredChild(component, "status_mapping");
  const download = downloader(component, options);
  const targets = targetsOf(component, decoder, runtime);
  const jobs = new WeakMap<Slice, Job>();
  const selector = createRecordSelector(requiredChild(component, "record_selector"), runtime, {
    decoder,
    transformations: options.transformations,
  });
  const runner = {
    runtime,
    mostAtOnce: runtime.mostJobs,
    timeoutMs: timeoutMs(component, runtime),
    retryAfterMs: retryAfterMs(component, runtime),
    async start(slice: Slice): Promise<Job> {
      const created = await answerTo(creation, slice, "a job is created");
      return { slice, created, startedAt: runtime.clock(), polled: undefined };
    },
    async poll(job: Job) {
      job.polled = await answerTo(polling, jobSlice(job), "a job is asked for its status");
      return statusOf(job.polled, status, mapping);
    },
    async abort(job: Job) {
      await abort?.send({ slice: jobSlice(job) });
    },
  };

  async function* downloaded(job: Job): AsyncGenerator<PyDict, void> {
    for (const target of await targets(job)) {
      const polled = answerVariable(job.polled);
      const slice = jobSlice(job, [
        ["download_target", target],
        ["polling_response", polled],
      ]);
      yield* download.read(slice, pyDict());
    }
    await deletion?.send({ slice: jobSlice(job) });
  }

  return {
    cursor: {
      ...cursor,
      async *slices() {
        for await (const job of runJobs(cursor.slices(), runner)) {
          const slice = { ...job.slice };
          jobs.set(slice, job);
          yield slice;
        }
      },
    },
    retriever: {
      async *read(slice, schema) {
        const job = jobs.get(slice);
        if (job === undefined) return;
        for await (const record of downloaded(job)) yield* selector.refine([record], slice, schema);
      },
    },
  };
}

function downloader(component: Component, { runtime, maxBytes }: AsyncOptions): Retriever {
  const decoder = createDecoder(child(component, "download_decoder"), maxBytes);
  const extractor =
    child(component, "download_extractor") ??
    pyDict([
      ["type", "DpathExtractor"],
      ["field_path", []],
    ]);
  const selector = createRecordSelector(
    pyDict([
      ["type", "RecordSelector"],
      ["extractor", extractor],
    ]),
    runtime,
    {
      decoder,
      transformations: [],
    },
  );
  return createSimpleRetriever({
    refusesRepeats: runtime.refusesRepeats,
    requester: buildRequester(requiredChild(component, "download_requester"), runtime, {
      longForm: longForm(extractor, child(component, "download_decoder"), runtime),
    }),
    paginator: createPaginator(child(component, "download_paginator"), { runtime, decoder }),
    selector,
    slicing: noOptions,
    onlyFirstPageSliced: false,
    follow: () => undefined,
  });
}

/** Where the data of a finished job are: as its last status says, or as the API says when it is asked. */
function targetsOf(
  component: Component,
  decoder: Decoder,
  runtime: Runtime,
): (job: Job) => Promise<readonly PyValue[]> {
  const extractorComponent = child(component, "download_target_extractor");
  const requesterComponent = child(component, "download_target_requester");
  if (extractorComponent === undefined) {
    if (requesterComponent === undefined) return async () => [""];
    throw new ConfigError(
      "manifest.job",
      "an AsyncRetriever with a download_target_requester needs a download_target_extractor",
    );
  }
  const extract: Extractor = createExtractor(extractorComponent, decoder, runtime);
  const requester = requesterComponent === undefined ? undefined : buildRequester(requesterComponent, runtime);
  return async (job) => {
    if (requester === undefined) return job.polled === undefined ? [] : [...extract(job.polled)];
    const extraFields = pyDict([["polling_response", answerVariable(job.polled)]]);
    const slice = { partition: pyDict(), cursor: pyDict(), extraFields };
    return [...extract(await answerTo(requester, slice, "a job is asked for its data"))];
  };
}

function timeoutMs(component: Component, { templates }: Runtime): number {
  const template = text(component, "polling_job_timeout");
  const minutes = template === undefined ? 60 : Number(templates.text(template, parametersOf(component)));
  return (Number.isFinite(minutes) && minutes > 0 ? minutes : 60) * 60_000;
}

function retryAfterMs(component: Component, { templates }: Runtime): number {
  const template = text(component, "failed_retry_wait_time_in_seconds");
  if (template === undefined) return 0;
  const seconds = Number(templates.text(template, parametersOf(component)));
  if (seconds >= 1) return Math.trunc(seconds) * 1000;
  throw new ConfigError("manifest.job", "the failed_retry_wait_time_in_seconds of an AsyncRetriever must be 1 or more");
}

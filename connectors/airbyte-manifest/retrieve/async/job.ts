import { DataError, SystemError, TransientError } from "../../../../sdk/errors.js";
import { headersValue } from "../../jinja/context.js";
import { pyDict } from "../../jinja/values/dict.js";
import { str } from "../../jinja/values/text.js";
import type { PyValue } from "../../jinja/values/value.js";
import { type Component, list } from "../../load/fields.js";
import { type Answer, bodyJson, isOk } from "../../requests/answer.js";
import type { Requester } from "../../requests/requester.js";
import type { Extractor } from "../../select/extractor.js";
import type { Slice } from "../../slices/slice.js";
import { isDict } from "../../value/is-dict.js";

/** A job at the API that makes the data of one slice. */
export interface Job {
  readonly slice: Slice;
  readonly created: Answer;
  readonly startedAt: number;
  polled: Answer | undefined;
}

export type JobStatus = "running" | "completed" | "failed" | "timeout" | "skipped";

const statuses: readonly JobStatus[] = ["running", "completed", "failed", "timeout", "skipped"];

/** The API's words for the states of a job. @throws DataError `manifest.job_status` */
export function statusOf(answer: Answer, extract: Extractor, mapping: Component): JobStatus {
  const [word = null] = extract(answer);
  for (const status of statuses) {
    if ((list(mapping, status) ?? []).some((own) => str(own) === str(word))) return status;
  }
  throw new DataError(
    "manifest.job_status",
    `the API says that a job is '${str(word)}', which the manifest does not know`,
  );
}

/** Sends a request that must have an answer. @throws TransientError `manifest.job` */
export async function answerTo(requester: Requester, slice: Slice, purpose: string): Promise<Answer> {
  const sent = await requester.send({ slice });
  if (sent === "reset_pagination")
    throw new SystemError("manifest.job", `${purpose}: pages are begun anew, and there are none`);
  if (isOk(sent.answer)) return sent.answer;
  throw new TransientError("manifest.job", `${purpose}: the API gave no answer`);
}

/** The slice as the requests about a job see it. */
export function jobSlice(job: Job, more: readonly (readonly [string, PyValue])[] = []): Slice {
  const { partition, cursor, extraFields } = job.slice;
  const extra = pyDict([...extraFields, ["creation_response", answerVariable(job.created)], ...more]);
  return { partition, cursor, extraFields: extra };
}

/** The body of an answer as a template sees it, its headers beside. */
export function answerVariable(answer: Answer | undefined): PyValue {
  const body = answer === undefined ? undefined : bodyJson(answer);
  const variable = pyDict(isDict(body) ? body : []);
  if (!variable.has("headers")) variable.set("headers", headersValue(answer?.headers ?? new Map()));
  return variable;
}

import { DataError } from "../../../../sdk/errors.js";
import { str } from "../../jinja/values/text.js";
import type { Runtime } from "../../runtime.js";
import type { Slice } from "../../slices/slice.js";
import { sliceVariable } from "../../slices/slice.js";
import type { Job, JobStatus } from "./job.js";

export interface JobRunner {
  start(slice: Slice): Promise<Job>;
  poll(job: Job): Promise<JobStatus>;
  abort(job: Job): Promise<void>;
  readonly timeoutMs: number;
  readonly mostAtOnce: number;
  /** How long after a failure a job is started again. */
  readonly retryAfterMs: number;
  readonly runtime: Runtime;
}

const mostAttempts = 3;
const secondsBetweenPolls = 5;

/**
 * Runs a job for each slice, so many at once as the manifest allows, and gives them as they are done. A job that fails is
 * started again, at most three times in all.
 * @throws DataError `manifest.job_failed` after all others are done
 */
export async function* runJobs(slices: AsyncIterable<Slice>, runner: JobRunner): AsyncGenerator<Job, void> {
  const { clock, pause } = runner.runtime;
  const waiting = slices[Symbol.asyncIterator]();
  const attempts = new Map<Slice, number>();
  const failed: Slice[] = [];
  let running: Job[] = [];
  let exhausted = false;
  while (!exhausted || running.length > 0) {
    while (!exhausted && running.length < runner.mostAtOnce) {
      const next = await waiting.next();
      if (next.done === true) exhausted = true;
      else running.push(await runner.start(next.value));
    }
    if (running.length === 0) break;
    const still: Job[] = [];
    for (const job of running) {
      if (job.retryAt !== undefined) {
        still.push(clock() < job.retryAt ? job : await runner.start(job.slice));
        continue;
      }
      job.status = await runner.poll(job);
      if (job.status === "running" && clock() - job.startedAt > runner.timeoutMs) job.status = "timeout";
      if (job.status === "completed") yield job;
      else if (job.status === "running") still.push(job);
      else if (job.status !== "skipped") {
        const attempt = (attempts.get(job.slice) ?? 1) + 1;
        attempts.set(job.slice, attempt);
        if (job.status === "timeout") await runner.abort(job);
        if (attempt > mostAttempts) failed.push(job.slice);
        else if (job.status === "failed" && runner.retryAfterMs > 0) {
          job.retryAt = clock() + runner.retryAfterMs;
          still.push(job);
        } else still.push(await runner.start(job.slice));
      }
    }
    running = still;
    await pause(secondsBetweenPolls);
  }
  const [first] = failed;
  if (first !== undefined) {
    throw new DataError(
      "manifest.job_failed",
      `${failed.length} of the API's jobs failed ${mostAttempts} times, the first for ${str(sliceVariable(first))}`,
    );
  }
}

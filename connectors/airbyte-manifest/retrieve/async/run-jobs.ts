import { ConfigError, DataError } from "../../../../sdk/errors.js";
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

/** One slice on its way: its job as it stands, and how often one was started for it. */
interface Task {
  readonly slice: Slice;
  attempts: number;
  /** Undefined where the API did not even take the last one. */
  job: Job | undefined;
  /** Why the last one was not taken. */
  cause: unknown;
  /** When the next one may be started; undefined while one runs. */
  retryAt: number | undefined;
}

const mostAttempts = 3;
const secondsBetweenPolls = 5;

/**
 * Runs a job for each slice, so many at once as the manifest allows, and gives them as they are done. A job that cannot be
 * started, fails or takes too long is started again, at most three times in all.
 * @throws DataError `manifest.job_failed` after all others are done · ConfigError where the API refuses the credentials
 */
export async function* runJobs(slices: AsyncIterable<Slice>, runner: JobRunner): AsyncGenerator<Job, void> {
  const { clock, pause } = runner.runtime;
  const waiting = slices[Symbol.asyncIterator]();
  const failed: Task[] = [];
  let tasks: Task[] = [];
  let exhausted = false;
  for (;;) {
    for (const task of tasks) {
      if (task.retryAt !== undefined && clock() >= task.retryAt) await start(task, runner);
    }
    while (!exhausted && tasks.length < runner.mostAtOnce) {
      const next = await waiting.next();
      if (next.done === true) exhausted = true;
      else {
        const task: Task = { slice: next.value, attempts: 0, job: undefined, cause: undefined, retryAt: undefined };
        await start(task, runner);
        tasks.push(task);
      }
    }
    if (tasks.length === 0) break;
    const still: Task[] = [];
    for (const task of tasks) {
      const outcome = await advance(task, runner);
      if (outcome === "completed") yield task.job as Job;
      else if (outcome === "given_up") failed.push(task);
      else if (outcome === "running") still.push(task);
    }
    tasks = still;
    await pause(secondsBetweenPolls);
  }
  const [first] = failed;
  if (first !== undefined) {
    throw new DataError(
      "manifest.job_failed",
      `${failed.length} of the API's jobs failed ${mostAttempts} times, the first for ${str(sliceVariable(first.slice))}`,
      first.cause === undefined ? {} : { cause: first.cause },
    );
  }
}

/** Asks how a slice's job stands, and sees to it that a failed one is started again. */
async function advance(task: Task, runner: JobRunner): Promise<"running" | "completed" | "skipped" | "given_up"> {
  const { job } = task;
  if (task.retryAt !== undefined) return "running";
  const status = job === undefined ? "failed" : await statusOf(job, runner);
  if (status !== "failed" && status !== "timeout") return status;
  if (job !== undefined && status === "timeout") await runner.abort(job);
  if (task.attempts >= mostAttempts) return "given_up";
  const wait = job !== undefined && status === "failed" ? runner.retryAfterMs : 0;
  task.retryAt = runner.runtime.clock() + wait;
  return "running";
}

/** Starts the next job of a slice. One that the API does not take counts as one that failed. */
async function start(task: Task, { start: create, runtime }: JobRunner): Promise<void> {
  task.attempts += 1;
  task.retryAt = undefined;
  task.job = undefined;
  task.cause = undefined;
  try {
    task.job = await create(task.slice);
  } catch (error) {
    // What somebody has to mend, or a cancelled run, does not get better by itself.
    if (error instanceof ConfigError || (error instanceof Error && error.name === "AbortError")) throw error;
    task.cause = error;
    runtime.log("warn", `a job could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function statusOf(job: Job, { poll, timeoutMs, runtime }: JobRunner): Promise<JobStatus> {
  const status = await poll(job);
  return status === "running" && runtime.clock() - job.startedAt > timeoutMs ? "timeout" : status;
}

import { pyDict } from "../../jinja/values/dict.js";
import { type Component, text } from "../../load/fields.js";
import type { Templates } from "../../value/templates.js";

/** How many jobs an API may be given at once (`max_concurrent_async_job_count`): one, where the manifest says nothing that can be used. */
export function mostJobs(manifest: Component, templates: Templates): number {
  const template = text(manifest, "max_concurrent_async_job_count");
  const count = template === undefined ? 1 : Number(templates.text(template, pyDict()));
  return Number.isSafeInteger(count) && count >= 1 ? count : 1;
}

import type { StreamConfig } from "./stream-config.js";

/** Something wrong, and where. */
export interface ApiProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

export type Streams = Readonly<Record<string, StreamConfig>>;

/** What is wrong between settings that are each right for themselves: parents that are not there, windows without an end. */
export function apiProblems({
  base_url,
  streams = {},
}: {
  readonly base_url?: string | undefined;
  readonly streams?: Streams | undefined;
}) {
  const problems: ApiProblem[] = [];
  if (base_url === undefined)
    problems.push({ path: ["base_url"], message: "it is missing", hint: "what paths are put behind" });
  if (Object.keys(streams).length === 0)
    problems.push({ path: ["streams"], message: "there are none", hint: "name one list at least" });
  for (const [name, stream] of Object.entries(streams)) problems.push(...streamProblems(name, stream, streams));
  return problems;
}

function streamProblems(name: string, { parent, cursor, path }: StreamConfig, streams: Streams): ApiProblem[] {
  const problems: ApiProblem[] = [];
  const report = (where: readonly string[], message: string, hint: string) =>
    problems.push({ path: ["streams", name, ...where], message, hint });
  if (parent === undefined && /\{parent\./.test(path)) {
    report(["path"], "the path names a parent, and there is none", "add parent: { stream: … }");
  }
  if (parent !== undefined && streams[parent.stream] === undefined) {
    report(
      ["parent", "stream"],
      `there is no stream '${parent.stream}'`,
      `there are ${Object.keys(streams).join(", ")}`,
    );
  } else if (isOwnAncestor(name, streams)) {
    report(["parent", "stream"], `'${name}' is its own ancestor`, "a parent must not depend on its children");
  }
  const windows = cursor?.until_param !== undefined;
  if (cursor?.step !== undefined && !windows) {
    report(["cursor", "step"], "a window needs an end", "add until_param: the parameter for the end of a window");
  }
  if (windows && (cursor.param === undefined || Number.isNaN(Date.parse(cursor.start ?? "")))) {
    report(["cursor"], "a window needs a beginning", "add param, and start: a date such as 2024-01-01");
  }
  return problems;
}

function isOwnAncestor(name: string, streams: Streams): boolean {
  const seen = new Set<string>();
  for (let at = streams[name]?.parent?.stream; at !== undefined && !seen.has(at); at = streams[at]?.parent?.stream) {
    if (at === name) return true;
    seen.add(at);
  }
  return false;
}

import { matches } from "../sync/match-streams.js";
import type { ReportedError } from "../sync/report.js";
import type { Place } from "./problem.js";
import type { Path, ProjectText } from "./project-text.js";

/**
 * Where in the file stands what an error of a run is about: the option it names, or the option that names its column, or
 * the stream.
 */
export function placeOfError(text: ProjectText, connection: string, error: ReportedError): Place | undefined {
  const { code, stream, column, option } = error;
  if (stream === undefined || (option === undefined && !code.startsWith("stream."))) return undefined;
  const at = ["connections", connection];
  const { streams = {}, defaults } = recordAt(text.value, at) as {
    streams?: Record<string, unknown>;
    defaults?: unknown;
  };
  const names = Object.keys(streams);
  const name = names.find((own) => own === stream) ?? names.find((pattern) => matches(pattern, stream));
  const own = name === undefined ? undefined : [...at, "streams", name];
  if (option !== undefined) {
    const [first = ""] = option.path;
    const isOwn = own !== undefined && Object.hasOwn(recordAt(text.value, own), first);
    const path = [...(isOwn ? own : [...at, "defaults"]), ...option.path];
    return option.offset === undefined ? text.placeOf(path) : text.placeInside(path, option.offset, option.length ?? 1);
  }
  const named =
    (own && column !== undefined && naming(column, recordAt(text.value, own), own)) ||
    (column !== undefined && naming(column, recordAt({ defaults }, ["defaults"]), [...at, "defaults"]));
  if (named) return text.placeOf(named);
  return text.placeOfKey(own ?? at);
}

/** The way to the option, or the item of an option, that is a column's name. */
function naming(column: string, options: Readonly<Record<string, unknown>>, at: Path): Path | undefined {
  for (const [option, value] of Object.entries(options)) {
    if (value === column) return [...at, option];
    const index = Array.isArray(value) ? value.indexOf(column) : -1;
    if (index >= 0) return [...at, option, index];
    if (option === "filter" && String(value).includes(column)) return [...at, option];
  }
  return undefined;
}

function recordAt(value: unknown, path: Path): Readonly<Record<string, unknown>> {
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
  return found !== null && typeof found === "object" ? (found as Record<string, unknown>) : {};
}

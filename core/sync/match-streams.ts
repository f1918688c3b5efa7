import { ConfigError } from "../../sdk/errors.js";
import { nearest } from "../schema/nearest.js";
import type { ConnectionPlan, StreamSelection } from "./plan.js";

/** Whether a pattern (`*` for any characters) names a stream. */
export function matches(pattern: string, id: string): boolean {
  const source = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`, "s").test(id);
}

/** The patterns a source needs to look for. */
export function wantedStreams(connection: ConnectionPlan): string[] {
  return connection.streams.map((selection) => selection.pattern);
}

/** The options of a stream: those of its own name before those of a pattern. */
export function selectionFor(id: string, selections: readonly StreamSelection[]): StreamSelection | undefined {
  const exact = selections.find((selection) => selection.pattern === id);
  return exact ?? selections.find((selection) => matches(selection.pattern, id));
}

/**
 * That a pattern finds a stream.
 * @param known whether the stream of this name was loaded before
 * @throws ConfigError `stream.not_found` with the nearest name
 */
export function requireMatch({ pattern }: StreamSelection, ids: readonly string[], known: boolean): void {
  if (ids.some((id) => matches(pattern, id))) return;
  if (known) {
    throw new ConfigError("stream.not_found", `the source has no stream '${pattern}' any more`, {
      stream: pattern,
      hint: "it was dropped, renamed, or this user may no longer see it: bring it back, or take it out of `streams`; its table stays as it is",
    });
  }
  const near = nearest(pattern, ids) ?? ids.find((id) => id.endsWith(`.${pattern}`));
  const hint =
    near !== undefined
      ? `did you mean '${near}'?`
      : ids.length > 0
        ? `the source shows this user ${ids.slice(0, 8).join(", ")}${ids.length > 8 ? ", …" : ""}: check the name and the user's grants`
        : "`sluice discover` lists what the source shows this user; check its name and the user's grants";
  throw new ConfigError("stream.not_found", `the source has no stream '${pattern}'`, { stream: pattern, hint });
}

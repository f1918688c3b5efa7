import type { StateChangeRecord } from "../../core/store/run-record.js";
import type { Palette } from "./palette.js";
import { renderTable } from "./table.js";

/** A change that somebody made to a state: of `sluice state show --json`. */
export function changeDocument({ kind: _, origin, ...change }: StateChangeRecord) {
  return { ...change, user: origin.user, host: origin.host };
}

/** What people did to states, for people. */
export function renderChanges(changes: readonly StateChangeRecord[], paint: Palette): string {
  const titles = ["changed", "stream", "what", "by"].map((title) => ({ title }));
  const rows = changes.map(({ at, stream, action, origin }) => [
    paint.dim(at.slice(0, 19).replace("T", " ")),
    ...[stream, action, `${origin.user}@${origin.host}`],
  ]);
  return renderTable(titles, rows, paint);
}

import { DataError } from "../../sdk/errors.js";
import { rowsOf, type Share, shareText } from "./share.js";

export interface Rejections {
  readonly stream: string;
  readonly read: number;
  readonly quarantined: number;
  /** By rule: how many rows it failed for. */
  readonly failed: ReadonlyMap<string, number>;
}

/** @throws DataError `quality.too_many_quarantined` where a load rejects more than it may */
export function refuseTooMany({ stream, read, quarantined, failed }: Rejections, most: Share | undefined): void {
  if (most === undefined || quarantined <= rowsOf(most, read)) return;
  const rules = [...failed].sort(([, a], [, b]) => b - a).map(([rule, rows]) => `${rule}: ${rows}`);
  const message = `stream '${stream}': ${quarantined} of ${read} rows were rejected, more than ${shareText(most)}`;
  throw new DataError("quality.too_many_quarantined", [message, ...rules].join("\n"), {
    stream,
    hint: "nothing of this load was kept: correct the source or the rule, or raise `max_quarantined`",
  });
}

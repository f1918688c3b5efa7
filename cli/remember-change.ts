import type { Project } from "../core/project/load-project.js";
import { recordStateChange } from "../core/store/record-state-change.js";
import type { StateRow } from "../sdk/destination.js";
import type { Json } from "../sdk/json.js";
import type { Cli } from "./cli.js";
import { remark } from "./output/print.js";

export interface RememberedChange {
  /** What was done, in a word. */
  readonly action: string;
  /** The state as it was. */
  readonly row: Pick<StateRow, "connection" | "stream" | "state">;
  readonly after: Json | undefined;
}

/** Keeps in the history who changed a state; what cannot be kept is a remark. */
export function rememberChange(
  cli: Cli,
  { dir, store }: Project,
  { action, row, after }: RememberedChange,
): Promise<void> {
  const { connection, stream, state } = row;
  return recordStateChange({
    ...{ projectDir: dir, location: store, connection, stream, action },
    ...{ before: state ?? null, after: after ?? null },
    warn: (message) => remark(cli, cli.paintErr.warn(message)),
  });
}

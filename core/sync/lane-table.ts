import type { Writer } from "../../sdk/destination.js";
import { targetColumn } from "../schema/known-column.js";
import { type Conform, conformTo } from "./conform.js";
import { refuseReturned } from "./refuse-on-the-way.js";
import type { Shape } from "./shape.js";

/** One of a lane's tables: the shape of the rows it takes, and what is to be done to it before they come. */
export interface LaneTable {
  readonly shape: Shape;
  readonly conform: Conform;
  /** Whether it has to be altered before the next row. */
  readonly isBehind: boolean;
  start(): Promise<void>;
  /** Rows come in this shape from now on. */
  take(next: Shape): void;
  /** Does what has to be done. */
  alter(): Promise<void>;
}

/** @param stream for messages */
export function laneTable(writer: Pick<Writer, "start" | "alter">, first: Shape, stream: string): LaneTable {
  let shape = first;
  let changes = first.changes;
  /** What the writer was told at its start to keep; a column that goes on the way is filled with null. */
  const kept = first.columns.filter(({ gone }) => gone);
  const keptNames = new Set(kept.map(({ target }) => target));
  const written = ({ columns, ...facts }: Shape) =>
    conformTo({ ...facts, columns: columns.filter(({ target }) => !keptNames.has(target)) });
  let conform = written(first);
  return {
    get shape() {
      return shape;
    },
    get conform() {
      return conform;
    },
    get isBehind() {
      return changes.length > 0;
    },
    start: () => writer.start(first.columns.filter(({ gone }) => !gone).map(targetColumn), kept.map(targetColumn)),
    take(next) {
      refuseReturned(next, keptNames, stream);
      shape = next;
      changes = [...changes, ...next.changes];
      conform = written(next);
    },
    async alter() {
      if (changes.length > 0) await writer.alter(changes);
      changes = [];
    },
  };
}

import type { LogLevel } from "../../sdk/context.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import type { ConnectionReport, StreamReport } from "./report.js";

/** What a run tells while it goes on; for people and logs, never needed for correctness. */
export type RunEvent =
  | { readonly type: "connection_started"; readonly connection: string }
  | { readonly type: "connection_finished"; readonly connection: string; readonly report: ConnectionReport }
  | {
      readonly type: "stream_started";
      readonly connection: string;
      readonly stream: string;
      readonly table: string;
      readonly estimatedRows: number | undefined;
      readonly estimatedBytes: number | undefined;
    }
  /** After each batch: totals of the stream so far. */
  | {
      readonly type: "progress";
      readonly connection: string;
      readonly stream: string;
      readonly rows: number;
      readonly bytes: number;
    }
  | {
      readonly type: "load_committed";
      readonly connection: string;
      readonly stream: string;
      readonly loadId: number;
      readonly written: number;
    }
  /** A change at the source, and what was decided about it. */
  | {
      readonly type: "drift";
      readonly connection: string;
      readonly stream: string;
      readonly record: DriftRecord;
    }
  | {
      readonly type: "stream_finished";
      readonly connection: string;
      readonly stream: string;
      readonly report: StreamReport;
    }
  | {
      readonly type: "log";
      readonly connection: string;
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

export type OnEvent = (event: RunEvent) => void;

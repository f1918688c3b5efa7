import { ConfigError } from "../../../sdk/errors.js";
import { createCountCursor } from "../cursors/count-cursor.js";
import type { Cursor } from "../cursors/cursor.js";
import { bothOptions, cursorOptions } from "../cursors/cursor-options.js";
import { partitionedCursor } from "../cursors/partitioned.js";
import { planTimeCursor, type TimeCursorChoices } from "../cursors/time-cursor.js";
import { unpartitioned } from "../cursors/unpartitioned.js";
import { wholeReadCursor } from "../cursors/whole-read.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, child, flag, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { hasPartitions } from "../partitions/build-router.js";
import type { Router } from "../partitions/router.js";
import type { OptionsProvider } from "../requests/options-provider.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";

export interface Slicing {
  readonly cursor: Cursor;
  readonly options: OptionsProvider;
}

/** How a stream is cut into slices: by its partitions, its cursor, or both. */
export function buildCursor(
  stream: Component,
  router: Router,
  saved: PyDict,
  runtime: Runtime,
  { field, lookbackSeconds }: TimeCursorChoices = {},
): Slicing {
  const sync = child(stream, "incremental_sync");
  if (sync === undefined) return { cursor: wholeReadCursor(() => router.slices()), options: router };
  const retriever = child(stream, "retriever") ?? pyDict();
  const options = cursorOptions(sync, runtime);
  switch (typeOf(sync)) {
    case "IncrementingCountCursor":
      if (hasPartitions(retriever)) {
        throw new ConfigError(
          "manifest.cursor",
          "a stream of the manifest has partitions and counts, which cannot be together",
        );
      }
      return { cursor: unpartitioned(createCountCursor(sync, runtime, saved)), options };
    case "DatetimeBasedCursor": {
      const allowed = flag(sync, "allow_catalog_defined_cursor_field");
      const plan = planTimeCursor(sync, runtime, { field: allowed ? field : undefined, lookbackSeconds });
      if (!hasPartitions(retriever)) return { cursor: unpartitioned(plan.open(saved)), options };
      const partitioned = retriever.get("partition_router");
      const grouped = isDict(partitioned) && typeOf(partitioned) === "GroupingPartitionRouter";
      const global = grouped || flag(sync, "global_substream_cursor");
      const { clock, log } = runtime;
      return {
        cursor: partitionedCursor({ plan, router, saved, global, clock, log }),
        options: bothOptions(router, options),
      };
    }
    default:
      return refuseCustom(sync, "a cursor");
  }
}
